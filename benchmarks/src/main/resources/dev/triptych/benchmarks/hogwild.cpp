// The loop that HogwildKernel compares with: logistic SGD, one example at a time, no locks, float weights.
// Usage: hogwild FILE ROWS FEATURES PER_ROW THREADS REPETITIONS; FILE holds the columns as 32-bit integers, then labels as bytes.
// Prints the seconds of each pass over the rows.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 7) return 2;
  const long rows = std::atol(argv[2]), features = std::atol(argv[3]), perRow = std::atol(argv[4]);
  const int threads = std::atoi(argv[5]), repetitions = std::atoi(argv[6]);
  std::vector<int> columns(rows * perRow);
  std::vector<signed char> labels(rows);
  std::FILE* file = std::fopen(argv[1], "rb");
  if (!file || std::fread(columns.data(), 4, columns.size(), file) != columns.size() ||
      std::fread(labels.data(), 1, labels.size(), file) != labels.size()) return 1;
  std::fclose(file);
  std::vector<float> weights(features);
  float* w = weights.data();
  for (int repetition = 0; repetition < repetitions; repetition++) {
    auto start = std::chrono::steady_clock::now();
    std::vector<std::thread> workers;
    for (int t = 0; t < threads; t++) {
      workers.emplace_back([&, t] {
        for (long i = rows * t / threads; i < rows * (t + 1) / threads; i++) {
          const int* x = columns.data() + i * perRow;
          float score = 0;
          for (long k = 0; k < perRow; k++) score += w[x[k]];
          float y = labels[i], step = 0.1f * y / (1 + std::exp(y * score));
          for (long k = 0; k < perRow; k++) w[x[k]] += step;
        }
      });
    }
    for (auto& worker : workers) worker.join();
    std::printf("%.6f\n", std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
}
