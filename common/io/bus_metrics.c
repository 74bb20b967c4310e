/* Apart from the bus itself, so that a program without one does not link ZeroMQ for its /metrics. */
#include "io/bus_metrics.h"

METRICS_DEFINE(bus_metrics, BUS_METRICS);
