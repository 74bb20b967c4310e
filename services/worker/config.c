#include "config.h"

#include "metrics.h"

struct worker_config worker_config;
CONFIG_TABLE(worker_config_table, worker_config, WORKER_CONFIG);
METRICS_DEFINE(worker_metrics, WORKER_METRICS);
