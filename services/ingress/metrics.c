#include "metrics.h"

METRICS_DEFINE(ingress_metrics, INGRESS_METRICS);
