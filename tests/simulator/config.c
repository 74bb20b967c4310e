#include "config.h"

CONFIG_TABLE(sim_config_table, sim_config, SIM_CONFIG);
