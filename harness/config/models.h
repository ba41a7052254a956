// Reads the entries of eval.yaml that name what is compared: models and retrievals.
#pragma once

#include <optional>
#include <string_view>

#include "config/config.h"
#include "config/reader.h"
#include "domain/spec.h"

namespace plumb {

// {name, provider, id, base_url, key_env, parameters, price}, or the short form `provider:id` with the id as
// its name. Without key_env and base_url, the vendor's usual variable (OPENAI_API_KEY, ANTHROPIC_API_KEY,
// GEMINI_API_KEY). None, and told, on any mistake. A key itself is never repeated in a message.
std::optional<Model> read_model(const YamlNode&, const KnownNames&, FileReport&);

// {name, retriever, passages_max, tables}, or a retriever's name.
std::optional<Retrieval> read_retrieval(const YamlNode&, const KnownNames&, FileReport&);

// Sampling parameters, of a model or of a prompt.
Parameters read_parameters(const YamlNode&, FileReport&);

// Names of models, prompts and retrievals stand in a system's name ("mini · plain · gold") and in a prompt's
// ("member/name"): at most 64 columns, no " · ", no slash, no control character. Tells one that is not so.
bool check_name(std::string_view name, std::string_view what, Place, FileReport&);

}  // namespace plumb
