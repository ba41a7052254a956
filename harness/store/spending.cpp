#include "store/spending.h"

namespace plumb {
namespace {

// An attempt without a reply was cut off: as unclear as one that says so, unless a vendor still works on it. What was
// asked again is the same step of the same cell, in a later attempt that was sent.
constexpr std::string_view k_select_requests = R"sql(
WITH sent AS (
  SELECT a.id, a.system_id, a.question_id, a.trial, a.purpose, a.step, a.reserved_usd,
         r.state IS NOT 0 AND a.id NOT IN (SELECT attempt_id FROM awaited) AS unclear
  FROM attempts AS a
  LEFT JOIN replies AS r ON r.attempt_id = a.id
  WHERE a.system_id IN (SELECT id FROM systems WHERE run_id = ?) AND r.state IS NOT 2
), followed AS (
  SELECT *, unclear AND id < max(id) OVER (PARTITION BY system_id, question_id, trial, purpose, step) AS again
  FROM sent
)
SELECT count(*), coalesce(sum(unclear), 0), coalesce(sum(reserved_usd) FILTER (WHERE unclear), 0),
       count(DISTINCT CASE WHEN again THEN format('%d/%d/%d', system_id, question_id, trial) END),
       coalesce(sum(reserved_usd) FILTER (WHERE again), 0)
FROM followed)sql";

constexpr std::string_view k_select_cells = R"sql(
SELECT coalesce(sum(coalesce(c.cost_usd, 0) + c.cost_before_usd), 0.0),
       coalesce(sum(c.cost_usd IS NULL AND (c.failure IS NULL OR c.attempts > 0)), 0), coalesce(sum(c.cached), 0)
FROM systems AS s
JOIN cells AS c ON c.system_id = s.id
WHERE s.run_id = ?)sql";

}  // namespace

Result<Spending> read_spending(Database& database, std::int64_t run_id) {
  Spending spending;
  Statement requests = TRY(database.prepare(k_select_requests));
  if (TRY(requests.bind(run_id).step())) {
    spending.requests = requests.integer(0);
    spending.unclear = requests.integer(1);
    spending.unclear_usd_max = requests.real(2);
    spending.paid_twice_max = requests.integer(3);
    spending.paid_twice_usd_max = requests.real(4);
  }
  Statement cells = TRY(database.prepare(k_select_cells));
  if (TRY(cells.bind(run_id).step())) {
    spending.cost_usd = cells.real(0);
    spending.cost_unknown = cells.integer(1);
    spending.cells_cached = cells.integer(2);
  }
  return spending;
}

}  // namespace plumb
