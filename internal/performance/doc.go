// Command performance runs the benchmarks and shows what matters as a table: each figure, how it compares with a yardstick
// that the same run has measured, and whether it reaches its target. `make bench` runs it; docs/performance.md says how to
// read it.
//
//	go run ./internal/performance -benchtime 1s -count 3
package main
