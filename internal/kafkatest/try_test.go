package kafkatest

import ("testing";"time";"fmt";"os")

func TestRealTry(t *testing.T) {
	for _, o := range []Options{{Version: os.Getenv("V")}, {Version: os.Getenv("V"), Brokers: 3}} {
	t0 := time.Now()
	c := Start(t, o)
	fmt.Println(o.Brokers, "started", time.Since(t0)); t0 = time.Now()
	c.CreateTopic(t, "a", 3, int16(min(2,max(1,o.Brokers))), nil)
	c.ProduceEach(t, "a", 5, 7, 0)
	fmt.Println("produced", time.Since(t0)); t0 = time.Now()
	c.Commit(t, "g", map[string]map[int32]int64{"a": {0: 2, 1: 7}})
	fmt.Println("committed", time.Since(t0)); t0 = time.Now()
	c.Commit(t, "h", map[string]map[int32]int64{"a": {0: 20}})
	c.Join(t, "live", "a")
	fmt.Println("joined", time.Since(t0)); t0 = time.Now()
	if o.Version > "3" { c.JoinConsumer(t, "live2", "a")
	fmt.Println("joined", time.Since(t0)); t0 = time.Now()
	}
	fmt.Println(c.groupCommand(t, "--list"))
	if c.release.AllGroups { fmt.Println(c.groupCommand(t, "--describe", "--all-groups")) } else {fmt.Println(c.groupCommand(t, "--describe", "--group", "g"), c.groupCommand(t, "--describe", "--group", "live")) }
	fmt.Println("tools", time.Since(t0)); t0 = time.Now()
	fmt.Println(c.DescribeAllGroups(t))
	fmt.Println("describe", time.Since(t0)); t0 = time.Now()
	}
}
