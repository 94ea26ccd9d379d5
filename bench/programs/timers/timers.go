package main

import (
	"fmt"
	"sync"
	"time"
)

func sleep(milliseconds int, result *int, done *sync.WaitGroup) {
	time.Sleep(time.Duration(milliseconds) * time.Millisecond)
	*result = milliseconds
	done.Done()
}

func main() {
	results := make([]int, 1000000)
	var done sync.WaitGroup
	done.Add(len(results))
	for i := range results {
		go sleep((i+1)*7919%200+1, &results[i], &done)
	}
	done.Wait()
	sum := 0
	for _, r := range results {
		sum += r
	}
	fmt.Println(sum)
}
