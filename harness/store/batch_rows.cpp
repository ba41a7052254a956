#include "store/batch_rows.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "store/attempt_rows.h"
#include "store/database.h"
#include "store/run_rows.h"

namespace plumb {
namespace {

class BatchRows final : public BatchBook {
 public:
  BatchRows(std::unique_ptr<Database> database, std::int64_t run_id)
      : database_(std::move(database)), run_id_(run_id) {}

  Status add(const BatchNote& note) override {
    return write([&] { return insert(note); });
  }
  Status created(const std::string& name, const std::string& vendor_id) override {
    return write([&]() -> Status {
      Statement update = TRY(database_->prepare("UPDATE batches SET vendor_id = ? WHERE name = ?"));
      return update.run(vendor_id, name);
    });
  }
  Status close(const std::string& name) override {
    return write([&]() -> Status {
      Statement update = TRY(database_->prepare("UPDATE batches SET open = 0 WHERE name = ?"));
      return update.run(name);
    });
  }

  Result<std::vector<BatchNote>> open_batches() override {
    std::vector<BatchNote> notes;
    Statement select =
        TRY(database_->prepare("SELECT id, name, provider, url, vendor_id, noted_at_ms, requests FROM batches"
                               " WHERE run_id = ? AND open ORDER BY id"));
    select.bind(run_id_);
    while (TRY(select.step())) {
      BatchNote& note = notes.emplace_back();
      note.name = select.text(1);
      note.provider = select.text(2);
      note.url = select.text(3);
      note.vendor_id = select.text(4);
      note.at = select.integer(5);
      note.requests = static_cast<std::size_t>(select.integer(6));
      note.items = TRY(items(select.integer(0)));
    }
    return notes;
  }

  Result<std::vector<std::string>> vendor_ids() override {
    std::vector<std::string> ids;
    Statement select = TRY(database_->prepare("SELECT vendor_id FROM batches WHERE vendor_id IS NOT NULL ORDER BY id"));
    while (TRY(select.step())) ids.push_back(select.text(0));
    return ids;
  }

 private:
  template <class Body>
  Status write(Body body) {
    TRY(database_->check_in_place());
    return in_transaction(*database_, body);
  }

  Status insert(const BatchNote& note) {
    Statement batch = TRY(
        database_->prepare("INSERT INTO batches (run_id, name, provider, url, vendor_id, noted_at_ms, requests, open)"
                           " VALUES (?, ?, ?, ?, nullif(?, ''), ?, ?, 1)"));
    TRY(batch.run(run_id_, note.name, note.provider, note.url, note.vendor_id, note.at,
                  static_cast<std::int64_t>(note.requests)));
    const std::int64_t id = database_->last_row_id();
    Statement item = TRY(database_->prepare(
        "INSERT INTO batch_items (batch_id, position, request_key, attempt_id) VALUES (?, ?, ?, nullif(?, 0))"));
    std::int64_t position = 0;
    for (const BatchItem& each : note.items) {
      const auto key = key_bytes(each.request_key);
      if (!key) return Error{fmt::format("'{}' is no request key", each.request_key)};
      TRY(item.run(id, position++, RawBytes{{key->data(), key->size()}}, each.attempt));
    }
    return Done{};
  }

  // Those whose end is not written yet.
  Result<std::vector<BatchItem>> items(std::int64_t batch_id) {
    std::vector<BatchItem> items;
    Statement select =
        TRY(database_->prepare("SELECT request_key, batch_items.attempt_id FROM batch_items"
                               " LEFT JOIN replies ON replies.attempt_id = batch_items.attempt_id"
                               " WHERE batch_id = ? AND replies.attempt_id IS NULL ORDER BY position"));
    select.bind(batch_id);
    while (TRY(select.step())) items.push_back({key_hex(select.text(0)), select.integer(1)});
    return items;
  }

  std::unique_ptr<Database> database_;
  const std::int64_t run_id_;
};

}  // namespace

Result<std::unique_ptr<BatchBook>> open_batch_book(const std::filesystem::path& path, std::string_view run) {
  auto database = TRY(Database::open(path, Database::Access::write));
  TRY(database->use_write_ahead_log());
  const auto run_id = TRY(find_run_id(*database, run));
  if (!run_id) return Error{fmt::format("{}: there is no run '{}'", path.string(), run)};
  return std::unique_ptr<BatchBook>(std::make_unique<BatchRows>(std::move(database), *run_id));
}

}  // namespace plumb
