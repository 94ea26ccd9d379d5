package main

import (
	"fmt"
	"runtime"
	"sync"
)

func yield(times int, result *int, done *sync.WaitGroup) {
	sum := 0
	for i := 1; i <= times; i++ {
		sum += i
		runtime.Gosched()
	}
	*result = sum
	done.Done()
}

func main() {
	results := make([]int, 100)
	var done sync.WaitGroup
	done.Add(len(results))
	for i := range results {
		go yield(40000, &results[i], &done)
	}
	done.Wait()
	sum := 0
	for _, r := range results {
		sum += r
	}
	fmt.Println(sum)
}
