package bench_test

import (
	"os"
	"runtime"
	"strconv"
	"strings"
)

// load says what else the machine was doing: measures without it mean little.
func load() string {
	about, err := os.ReadFile("/proc/loadavg")
	if fields := strings.Fields(string(about)); err == nil && len(fields) > 0 {
		return "load average " + fields[0] + " on " + strconv.Itoa(runtime.NumCPU()) + " cores"
	}
	return "load unknown on " + strconv.Itoa(runtime.NumCPU()) + " cores"
}
