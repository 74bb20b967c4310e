#include "sim_metrics.h"

METRICS_DEFINE(sim_metrics, SIM_METRICS);
