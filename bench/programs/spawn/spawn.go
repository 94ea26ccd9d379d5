package main

import (
	"fmt"
	"os"
	"strconv"
	"sync"
)

// One WaitGroup a batch and a slot for each result: the cheapest way Go has to
// join goroutines and to get a value from each.
func work(n int, result *int, done *sync.WaitGroup) {
	*result = n + 1
	done.Done()
}

func batch(base, size int) int {
	results := make([]int, size)
	var done sync.WaitGroup
	done.Add(len(results))
	for i := range results {
		go work(base+i+1, &results[i], &done)
	}
	done.Wait()
	sum := 0
	for _, r := range results {
		sum += r
	}
	return sum
}

func main() {
	size, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	sum := 0
	for b := 1; b <= 2000000/size; b++ {
		sum += batch(b, size)
	}
	fmt.Println(sum)
}
