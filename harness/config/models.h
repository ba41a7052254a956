// Reads the entries of eval.yaml that name what is compared: models and retrievals.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "config/config.h"
#include "config/reader.h"
#include "domain/spec.h"

namespace plumb {

// A map of model_keys(), or a short form: `provider:id` (openai:gpt-4o-mini, openai:responses:gpt-5-mini,
// google:gemini-2.5-flash, exec:python3 bot.py), `provider/id`, or the address of a service. What is not written is
// filled in: a name; at a vendor's own address the vendor's usual variable (OPENAI_API_KEY, ANTHROPIC_API_KEY,
// GEMINI_API_KEY) and price (config/prices.h). A program runs in `folder`. None, and told, on any mistake. A key
// itself is never repeated in a message.
std::optional<Model> read_model(const YamlNode&, const KnownNames&, FileReport&,
                                const std::filesystem::path& folder = {});

// {name, retriever, passages_max, tables}, or a retriever's name.
std::optional<Retrieval> read_retrieval(const YamlNode&, const KnownNames&, FileReport&);

// Names of models, prompts and retrievals stand in a system's name ("mini · plain · gold") and in a prompt's
// ("member/name"): at most 64 columns, no " · ", no slash, no control character. Tells one that is not so.
bool check_name(std::string_view name, std::string_view what, Place, FileReport&);

}  // namespace plumb
