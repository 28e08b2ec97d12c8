// The job that every reader does, apart from reading JSON: what a sample is added to. Written to be fast: bytes are
// interned without a std::string, series are found by integers, buckets by pages.
#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <vector>

inline uint64_t mix(uint64_t a, uint64_t b) {
  unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

inline uint64_t load64(const char* at) { uint64_t word; memcpy(&word, at, 8); return word; }

// Eight bytes a step; the last step overlaps the one before it.
inline uint64_t hash_bytes(std::string_view text) {
  constexpr uint64_t k = 0x9e3779b97f4a7c15;
  uint64_t hash = text.size() * k;
  const char* at = text.data();
  if (text.size() < 8) {
    uint64_t word = 0;
    memcpy(&word, at, text.size());
    return mix(hash ^ word, k ^ 0xa0761d6478bd642f);
  }
  const char* last = at + text.size() - 8;
  for (; at < last; at += 8) hash = mix(hash ^ load64(at), 0xe7037ed1a0b428db);
  return mix(hash ^ load64(last), k);
}

// Numbers for byte strings, in the order of their arrival. Open addressing, at most half full.
class Interner {
 public:
  static constexpr uint32_t none = ~0u;

  uint32_t find(std::string_view text, uint64_t hash) const {
    for (size_t place = hash & mask_;; place = (place + 1) & mask_) {
      const Slot& slot = slots_[place];
      if (slot.number == none) return none;
      if (slot.hash == hash && texts_[slot.number] == text) return slot.number;
    }
  }

  uint32_t insert(std::string_view text, uint64_t hash) {
    if (uint32_t found = find(text, hash); found != none) return found;
    char* copy = static_cast<char*>(malloc(text.size() + 1));
    memcpy(copy, text.data(), text.size());
    texts_.emplace_back(copy, text.size());
    if (texts_.size() * 2 > slots_.size()) grow();
    place({hash, static_cast<uint32_t>(texts_.size() - 1)});
    return static_cast<uint32_t>(texts_.size() - 1);
  }

  std::string_view text(uint32_t number) const { return texts_[number]; }

 private:
  struct Slot { uint64_t hash = 0; uint32_t number = none; };

  void place(Slot slot) {
    size_t place = slot.hash & mask_;
    while (slots_[place].number != none) place = (place + 1) & mask_;
    slots_[place] = slot;
  }

  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    mask_ = slots_.size() - 1;
    for (const Slot& slot : old) if (slot.number != none) place(slot);
  }

  std::vector<Slot> slots_ = std::vector<Slot>(1024);
  size_t mask_ = 1023;
  std::vector<std::string_view> texts_;
};

constexpr int report_tags = 7;
constexpr std::string_view report_tag_names[report_tags] = {
    "scenario", "group", "name", "method", "status", "expected_response", "check"};

// Which report tag this is, -1 for none.
inline int report_tag(std::string_view key) {
  switch (key.size()) {
    case 4: return key == "name" ? 2 : -1;
    case 5: return key == "group" ? 1 : key == "check" ? 6 : -1;
    case 6: return key == "method" ? 3 : key == "status" ? 4 : -1;
    case 8: return key == "scenario" ? 0 : -1;
    case 17: return key == "expected_response" ? 5 : -1;
    default: return -1;
  }
}

enum class Type : uint8_t { undeclared, counter, gauge, rate, trend };

// A bucket is the double's bits from the sign to ten bits of mantissa; pages of 128 by a table of all pages, of which
// the system gives memory only to what is touched.
class Histogram {
 public:
  void record(double value) {
    uint64_t bits;
    memcpy(&bits, &value, 8);
    uint32_t bucket = static_cast<uint32_t>(bits >> 42);
    if (!pages_) pages_ = static_cast<uint16_t*>(calloc(1 << 15, sizeof(uint16_t)));
    uint16_t& page = pages_[bucket >> 7];
    if (!page) {
      counts_.resize(counts_.size() + 128);
      page = static_cast<uint16_t>(counts_.size() / 128);
    }
    counts_[(page - 1) * 128 + (bucket & 127)]++;
  }

  size_t occupied() const {
    size_t buckets = 0;
    for (uint64_t count : counts_) buckets += count != 0;
    return buckets;
  }

 private:
  uint16_t* pages_ = nullptr;
  std::vector<uint64_t> counts_;
};

struct Series {
  uint32_t metric = 0;
  Type type = Type::undeclared;
  bool has_tenths = false;
  uint64_t count = 0, passes = 0;
  double sum = 0, min = 0, max = 0;
  int64_t last_time = 0;
  Histogram histogram;
  std::vector<double> tenths;
};

struct Metric {
  Type type = Type::undeclared;
  bool has_tenths = false;
};

class Job {
 public:
  Interner values;

  void declare(std::string_view name, std::string_view type) {
    uint32_t number = names_.insert(name, hash_bytes(name));
    if (number >= metrics_.size()) metrics_.resize(number + 1);
    metrics_[number].has_tenths = name == "http_reqs" || name == "iterations";
    metrics_[number].type = type == "counter" ? Type::counter
        : type == "gauge" ? Type::gauge : type == "rate" ? Type::rate : Type::trend;
  }

  uint32_t metric(std::string_view name) const { return names_.find(name, hash_bytes(name)); }

  // `tags`: numbers of `values` and one, by report tag; 0 for a tag that is not there.
  uint32_t series(uint32_t metric, const uint32_t (&tags)[report_tags]) {
    Key key{{metric, tags[0], tags[1], tags[2], tags[3], tags[4], tags[5], tags[6]}};
    uint64_t words[4];
    memcpy(words, key.parts, sizeof words);
    uint64_t hash = mix(words[0] ^ 0xa0761d6478bd642f, words[1] ^ 0xe7037ed1a0b428db)
        ^ mix(words[2] ^ 0x8ebc6af09c88c6e3, words[3] ^ 0x589965cc75374cc3);
    size_t place = hash & (slots_.size() - 1);
    for (; slots_[place]; place = (place + 1) & (slots_.size() - 1))
      if (!memcmp(&keys_[slots_[place] - 1], &key, sizeof key)) return slots_[place] - 1;
    keys_.push_back(key);
    slots_[place] = static_cast<uint32_t>(keys_.size());
    Series added;
    added.metric = metric;
    added.type = metrics_[metric].type;
    added.has_tenths = metrics_[metric].has_tenths;
    series_.push_back(added);
    if (keys_.size() * 2 > slots_.size()) { fputs("more series than this program has room for\n", stderr); exit(1); }
    return static_cast<uint32_t>(keys_.size() - 1);
  }

  void record(uint32_t number, int64_t time, double value) {
    Series& series = series_[number];
    if (series.count++ == 0) {
      series.min = series.max = value;
    } else {
      series.min = value < series.min ? value : series.min;
      series.max = value > series.max ? value : series.max;
    }
    series.sum += value;
    switch (series.type) {
      case Type::trend: series.histogram.record(value); break;
      case Type::rate: series.passes += value != 0; break;
      case Type::gauge: series.last_time = time; break;
      default:
        if (series.has_tenths) {
          if (!first_) first_ = time;
          size_t tenth = time < first_ ? 0 : static_cast<size_t>((time - first_) / 100'000'000);
          if (tenth >= series.tenths.size()) series.tenths.resize(tenth + 1);
          series.tenths[tenth] += value;
        }
    }
  }

  // What all readers must agree on: nobody wins by doing less.
  std::string checksum() const {
    std::map<std::string, uint64_t> counts;
    uint64_t passes = 0, buckets = 0;
    double durations = 0, tenths = 0;
    for (const Series& series : series_) {
      counts[std::string(names_.text(series.metric))] += series.count;
      passes += series.passes;
      buckets += series.histogram.occupied();
      if (names_.text(series.metric) == "http_req_duration") durations += series.sum;
      for (double tenth : series.tenths) tenths += tenth;
    }
    std::string text = "{\"counts\":{";
    for (const auto& [name, count] : counts)
      text += (text.back() == '{' ? "\"" : ",\"") + name + "\":" + std::to_string(count);
    char rest[256];
    snprintf(rest, sizeof rest,
        "},\"series\":%zu,\"passes\":%llu,\"buckets\":%llu,\"durations\":%.17g,\"tenths\":%.17g}", series_.size(),
        static_cast<unsigned long long>(passes), static_cast<unsigned long long>(buckets), durations, tenths);
    return text + rest;
  }

 private:
  struct Key { uint32_t parts[8]; };

  Interner names_;
  std::vector<Metric> metrics_;
  std::vector<uint32_t> slots_ = std::vector<uint32_t>(1 << 14);
  std::vector<Key> keys_;
  std::vector<Series> series_;
  int64_t first_ = 0;
};
