// The standard prices for text, by these pages, as they were on the day that prices_as_of() tells:
//   OpenAI     https://developers.openai.com/api/docs/pricing
//   Anthropic  https://platform.claude.com/docs/en/about-claude/pricing
//   Google     https://ai.google.dev/gemini-api/docs/pricing
// Where a price depends on the length of the prompt, it is that of short prompts (OpenAI up to 272,000 tokens,
// Google up to 200,000, Claude Haiku 5.5, which came a week later, up to 100,000). Where one is lowered until a stated
// day (Gemini 3.6 to 3.8 Flash, GPT-5.6 Sol), it is the usual one: a limit on cost must hold on the day after, too.
// Priority, flex, batch and regional prices are not here; who pays others writes `price` into eval.yaml.
#include "config/prices.h"

#include <algorithm>

#include "config/address.h"

namespace plumb {

namespace {

constexpr std::string_view k_as_of = "2026-10-03";
constexpr double k_same = -1.0;  // cached input at no price of its own

struct Row {
  std::string_view id;
  double input_usd;
  double cached_input_usd;
  double output_usd;
};

constexpr Row k_openai[] = {
    {"gpt-6.1-sol", 2.00, 0.10, 10.00},
    {"gpt-6-astra", 10.00, 1.00, 50.00},
    {"gpt-6-sol", 2.00, 0.20, 10.00},
    {"gpt-6-luna", 0.10, 0.01, 0.50},
    {"gpt-5.6-sol", 5.00, 0.50, 30.00},
    {"gpt-5.6-terra", 2.00, 0.20, 12.00},
    {"gpt-5.6-luna", 0.20, 0.02, 1.20},
    {"gpt-5.5", 5.00, 0.50, 30.00},
    {"gpt-5.5-pro", 30.00, k_same, 180.00},
    {"gpt-5.4", 2.50, 0.25, 15.00},
    {"gpt-5.4-mini", 0.75, 0.075, 4.50},
    {"gpt-5.4-nano", 0.20, 0.02, 1.25},
    {"gpt-5.4-pro", 30.00, k_same, 180.00},
    {"gpt-5.3-codex", 1.75, 0.175, 14.00},
    {"gpt-5.2", 1.75, 0.175, 14.00},
    {"gpt-5.2-pro", 21.00, k_same, 168.00},
    {"gpt-5.1", 1.25, 0.125, 10.00},
    {"gpt-5", 1.25, 0.125, 10.00},
    {"gpt-5-mini", 0.25, 0.025, 2.00},
    {"gpt-5-nano", 0.05, 0.005, 0.40},
    {"gpt-5-pro", 15.00, k_same, 120.00},
    {"gpt-4.1", 2.00, 0.50, 8.00},
    {"gpt-4.1-mini", 0.40, 0.10, 1.60},
    {"gpt-4.1-nano", 0.10, 0.025, 0.40},
    {"gpt-4o", 2.50, 1.25, 10.00},
    {"gpt-4o-2024-05-13", 5.00, k_same, 15.00},  // dearer than those after it
    {"gpt-4o-mini", 0.15, 0.075, 0.60},
    {"gpt-3.5-turbo", 0.50, k_same, 1.50},
    {"o4-mini", 1.10, 0.275, 4.40},
    {"o3", 2.00, 0.50, 8.00},
    {"o3-mini", 1.10, 0.55, 4.40},
    {"o3-pro", 20.00, k_same, 80.00},
    {"o1", 15.00, 7.50, 60.00},
    {"o1-pro", 150.00, k_same, 600.00},
};

constexpr Row k_anthropic[] = {
    {"claude-fable-5-1", 10.00, 0.25, 50.00}, {"claude-fable-5", 10.00, 1.00, 50.00},
    {"claude-opus-5-5", 4.00, 0.20, 20.00},   {"claude-opus-5", 5.00, 0.50, 25.00},
    {"claude-opus-4-8", 5.00, 0.50, 25.00},   {"claude-opus-4-7", 5.00, 0.50, 25.00},
    {"claude-opus-4-6", 5.00, 0.50, 25.00},   {"claude-opus-4-5", 5.00, 0.50, 25.00},
    {"claude-opus-4-1", 15.00, 1.50, 75.00},  {"claude-opus-4", 15.00, 1.50, 75.00},
    {"claude-sonnet-5-5", 2.00, 0.20, 10.00}, {"claude-sonnet-5", 2.00, 0.20, 10.00},
    {"claude-sonnet-4-6", 3.00, 0.30, 15.00}, {"claude-sonnet-4-5", 3.00, 0.30, 15.00},
    {"claude-sonnet-4", 3.00, 0.30, 15.00},   {"claude-haiku-5-5", 0.10, 0.01, 0.50},
    {"claude-haiku-4-5", 1.00, 0.10, 5.00},   {"claude-3-5-haiku", 0.80, 0.08, 4.00},
};

constexpr Row k_gemini[] = {
    {"gemini-3.8-flash", 1.50, 0.15, 7.50},        {"gemini-3.7-flash", 1.50, 0.15, 7.50},
    {"gemini-3.6-flash", 1.50, 0.15, 7.50},        {"gemini-3.5-flash", 1.50, 0.15, 9.00},
    {"gemini-3.5-flash-lite", 0.30, 0.03, 2.50},   {"gemini-3.1-flash-lite", 0.25, 0.025, 1.50},
    {"gemini-3.1-pro-preview", 2.00, 0.20, 12.00}, {"gemini-3-flash-preview", 0.50, 0.05, 3.00},
    {"gemini-2.5-pro", 1.25, 0.125, 10.00},        {"gemini-2.5-flash", 0.30, 0.03, 2.50},
    {"gemini-2.5-flash-lite", 0.10, 0.01, 0.40},
};

bool is_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// What vendors put behind a model's id to name one state of it.
bool is_version(std::string_view rest) {
  if (rest == "latest") return true;
  if (rest.size() == 8) return is_digits(rest);
  return rest.size() == 10 && rest[4] == '-' && rest[7] == '-' && is_digits(rest.substr(0, 4)) &&
         is_digits(rest.substr(5, 2)) && is_digits(rest.substr(8));
}

// Itself, or the one of which it is a version; there is at most one.
template <std::size_t N>
const Row* find_row(const Row (&rows)[N], std::string_view id) {
  const Row* base = nullptr;
  for (const Row& row : rows) {
    if (row.id == id) return &row;
    const bool begins = id.size() > row.id.size() && id.starts_with(row.id) && id[row.id.size()] == '-';
    if (begins && is_version(id.substr(row.id.size() + 1))) base = &row;
  }
  return base;
}

// Models that Ollama passes on to its own servers are paid for by subscription.
bool is_remote_ollama(std::string_view id) { return id.ends_with("-cloud") || id.ends_with(":cloud"); }

bool is_at(const Model& model, std::string_view host) {
  return model.base_url.empty() || (model.base_url.starts_with("https://") && host_of(model.base_url) == host);
}

const Row* row_of(const Model& model) {
  static constexpr Row k_free = {"", 0.0, k_same, 0.0};
  std::string_view id = model.id;
  if (model.provider == "openai" && is_at(model, "api.openai.com")) return find_row(k_openai, id);
  if (model.provider == "anthropic" && is_at(model, "api.anthropic.com")) return find_row(k_anthropic, id);
  if (model.provider == "gemini" && is_at(model, "generativelanguage.googleapis.com")) {
    if (id.starts_with("models/")) id.remove_prefix(7);
    return find_row(k_gemini, id);
  }
  const bool here = model.base_url.empty() || is_local_host(host_of(model.base_url));
  return model.provider == "ollama" && here && !is_remote_ollama(id) ? &k_free : nullptr;
}

}  // namespace

std::string_view prices_as_of() { return k_as_of; }

std::optional<Price> usual_price(const Model& model) {
  const Row* row = row_of(model);
  if (!row) return {};
  Price price{.input_usd = row->input_usd, .output_usd = row->output_usd, .cached_input_usd = {}, .as_of = ""};
  if (row->cached_input_usd != k_same) price.cached_input_usd = row->cached_input_usd;
  price.as_of = k_as_of;
  return price;
}

}  // namespace plumb
