// Reads how a service of one's own is asked, and where in its reply the answer is.
#pragma once

#include "config/reader.h"
#include "domain/spec.h"

namespace plumb {

// The map under `http:`. Tells keys in clear text, pointers that are none, and names in {{…}} that nothing stands
// for. `has_key`: the model names a key_env.
HttpService read_http(const YamlNode&, bool has_key, FileReport&);

}  // namespace plumb
