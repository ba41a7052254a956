// Reads the parts of eval.yaml that say how a run goes: limits, the season and the gate.
#pragma once

#include "config/reader.h"
#include "domain/spec.h"

namespace plumb {

// What is absent keeps its default (domain/spec.h).
Limits read_limits(const YamlNode&, FileReport&);
Season read_season(const YamlNode&, FileReport&);
Gate read_gate(const YamlNode&, FileReport&);

}  // namespace plumb
