// The job with simdjson, in three ways, and the least that any reader must do: find the ends of the lines.
//   simdjson ondemand|ondemand-memo|dom|newlines FILE
// Prints {"lines","bytes","cpu_seconds"} and the checksum. The file is read before the clock starts, with simdjson's
// padding behind it. One thread: simdjson's second one would only move the work.
#include <simdjson.h>
#include <ctime>

#include "job.hpp"
#include "time.hpp"

using namespace simdjson;

// Documents are indexed a batch at a time; a batch whose index stays in the second-level cache was the fastest here, by little.
#ifndef BATCH
#define BATCH (256 << 10)
#endif

static double cpu_seconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec * 1e-9;
}

[[noreturn]] static void fail(const char* what) {
  fprintf(stderr, "simdjson: %s\n", what);
  exit(1);
}

struct Reader {
  Job job;
  TimeReader time;
  uint64_t lines = 0;

  // Values by their bytes in the document, escapes and all, so that what is the same is unescaped once. Two spellings
  // of one value have the same number.
  Interner spellings;
  std::vector<uint32_t> values;

  template <typename Unescape>
  uint32_t value(std::string_view raw, Unescape unescape) {
    uint64_t hash = hash_bytes(raw);
    uint32_t spelling = spellings.find(raw, hash);
    if (spelling == Interner::none) {
      std::string_view text = unescape();
      values.push_back(job.values.insert(text, hash_bytes(text)) + 1);
      spelling = spellings.insert(raw, hash);
    }
    return values[spelling];
  }

  // Blocks of tags that were seen before, by metric and bytes: only `ondemand-memo`.
  struct Block { uint64_t hash = 0; std::string_view bytes; uint32_t metric = 0, series = 0; };
  std::vector<Block> blocks = std::vector<Block>(4096);

  uint32_t series(ondemand::object tags, uint32_t metric) {
    uint32_t found[report_tags] = {};
    for (ondemand::field tag : tags) {
      // A key without its quotes. k6's keys of report tags have no escapes.
      const char* key = tag.key().raw();
      int slot = report_tag({key, static_cast<size_t>(static_cast<const char*>(memchr(key, '"', 256)) - key)});
      if (slot < 0) continue;
      ondemand::value value = tag.value();
      std::string_view raw = value.raw_json_token();
      found[slot] = this->value(raw, [&] { return std::string_view(value.get_string()); });
    }
    return job.series(metric, found);
  }

  template <bool memo>
  uint32_t series(ondemand::value tags, uint32_t metric) {
    if constexpr (!memo) return series(tags.get_object(), metric);
    ondemand::object object = tags.get_object();
    std::string_view bytes = object.raw_json();
    uint64_t hash = hash_bytes(bytes) ^ metric * 0x9e3779b97f4a7c15;
    Block& block = blocks[hash & (blocks.size() - 1)];
    if (block.hash == hash && block.metric == metric && block.bytes == bytes) return block.series;
    object.reset();
    block = {hash, bytes, metric, series(object, metric)};
    return block.series;
  }

  // Members are asked for in k6's order, and found in any.
  template <bool memo>
  void on_demand(const padded_string& text) {
    ondemand::parser parser;
    ondemand::document_stream stream;
    if (parser.iterate_many(text, BATCH).get(stream)) fail("the stream cannot be read");
    for (auto document : stream) {
      lines++;
      ondemand::object line = document.get_object();
      std::string_view name = line["metric"].get_string();
      bool is_metric = ondemand::raw_json_string(line["type"].get_raw_json_string()) == "Metric";
      ondemand::object data = line["data"].get_object();
      if (is_metric) {
        std::string_view type = data["type"].get_string();
        job.declare(name, type);
        continue;
      }
      uint32_t metric = job.metric(name);
      if (metric == Interner::none) fail("a metric is not declared");
      int64_t at = time.read(std::string_view(data["time"].get_string()));
      double value = data["value"].get_double();
      job.record(series<memo>(ondemand::value(data["tags"]), metric), at, value);
    }
  }

  void dom(const padded_string& text) {
    dom::parser parser;
    dom::document_stream stream;
    if (parser.parse_many(text, BATCH).get(stream)) fail("the stream cannot be read");
    for (auto document : stream) {
      lines++;
      dom::object line = document.get_object();
      std::string_view name, type = line["type"];
      dom::object data = line["data"];
      if (type == "Metric") {
        job.declare(std::string_view(data["name"]), std::string_view(data["type"]));
        continue;
      }
      name = line["metric"];
      uint32_t metric = job.metric(name);
      if (metric == Interner::none) fail("a metric is not declared");
      int64_t at = time.read(std::string_view(data["time"]));
      double value = data["value"];
      uint32_t found[report_tags] = {};
      for (dom::key_value_pair tag : dom::object(data["tags"])) {
        int slot = report_tag(tag.key);
        if (slot < 0) continue;
        std::string_view text = tag.value;
        found[slot] = this->value(text, [&] { return text; });
      }
      job.record(job.series(metric, found), at, value);
    }
  }

  void newlines(const padded_string& text) {
    const char *at = text.data(), *end = at + text.size();
    for (; (at = static_cast<const char*>(memchr(at, '\n', end - at))); at++) lines++;
  }
};

int main(int count, char** arguments) try {
  if (count != 3) fail("expected ondemand, ondemand-memo, dom or newlines, and a file");
  std::string_view way = arguments[1];
  padded_string text;
  if (padded_string::load(arguments[2]).get(text)) fail("the file cannot be read");
  Reader reader;
  double start = cpu_seconds();
  if (way == "ondemand") reader.on_demand<false>(text);
  else if (way == "ondemand-memo") reader.on_demand<true>(text);
  else if (way == "dom") reader.dom(text);
  else if (way == "newlines") reader.newlines(text);
  else fail("expected ondemand, ondemand-memo, dom or newlines");
  double spent = cpu_seconds() - start;
  printf("{\"lines\":%llu,\"bytes\":%zu,\"cpu_seconds\":%.6f,\"kernel\":\"%s\",\"checksum\":%s}\n",
      static_cast<unsigned long long>(reader.lines), text.size(), spent, get_active_implementation()->name().c_str(),
      reader.job.checksum().c_str());
} catch (const simdjson_error& error) {
  fail(error.what());
}
