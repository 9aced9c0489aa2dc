// A subscriber in Go: catches up from zero, follows, and prints a line for each event.
//
//	go run . BROKER TOPIC...
//
// A line is `topic type key id`, or `topic gone key` where a tombstone says that the key's thing is gone.
// Publication is at least once, so an event may come again: what was seen among the last 100,000 is dropped.
// A subscriber that acts on events keeps ce_source and ce_id where it keeps what it did, in one transaction.
// The event types that it knows are those of the catalogue: CATALOGUE says where that is, if not beside the examples.
package main

import (
	"container/list"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/twmb/franz-go/pkg/kgo"
)

const remembered = 100_000

// types reads which event types there are.
func types() map[string]bool {
	path := os.Getenv("CATALOGUE")
	if path == "" {
		path = "../../published/catalogue.json"
	}
	text, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	var topics []struct{ Events, Earlier []string }
	if err := json.Unmarshal(text, &topics); err != nil {
		log.Fatal(err)
	}
	known := map[string]bool{}
	for _, topic := range topics {
		for _, kind := range append(topic.Events, topic.Earlier...) {
			known[kind] = true
		}
	}
	return known
}

// seen holds the events that were seen last, by their identity.
type seen struct {
	events map[string]struct{}
	order  *list.List
}

func (s *seen) isNew(identity string) bool {
	if _, found := s.events[identity]; found {
		return false
	}
	s.events[identity] = struct{}{}
	s.order.PushBack(identity)
	if s.order.Len() > remembered {
		delete(s.events, s.order.Remove(s.order.Front()).(string))
	}
	return true
}

func header(record *kgo.Record, name string) string {
	for _, it := range record.Headers {
		if it.Key == name {
			return string(it.Value)
		}
	}
	return ""
}

func tell(record *kgo.Record, known map[string]bool, before *seen) {
	kind, id := header(record, "ce_type"), header(record, "ce_id")
	// A type that is newer than this program is none of its business, nor is a field of the value.
	if !known[kind] || !before.isNew(header(record, "ce_source")+" "+id) {
		return
	}
	if record.Value == nil {
		fmt.Printf("%s gone %s\n", record.Topic, record.Key)
		return
	}
	var data map[string]any
	if err := json.Unmarshal(record.Value, &data); err != nil {
		log.Fatalf("%s/%d@%d is no JSON", record.Topic, record.Partition, record.Offset)
	}
	fmt.Printf("%s %s %s %s\n", record.Topic, kind, record.Key, id)
}

func main() {
	ended, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	client, err := kgo.NewClient(
		kgo.SeedBrokers(strings.Split(os.Args[1], ",")...),
		kgo.ConsumeTopics(os.Args[2:]...),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	known, before := types(), &seen{events: map[string]struct{}{}, order: list.New()}
	for ended.Err() == nil {
		fetches := client.PollFetches(ended)
		fetches.EachError(func(topic string, partition int32, err error) {
			if ended.Err() == nil {
				log.Fatalf("%s/%d cannot be read: %v", topic, partition, err)
			}
		})
		fetches.EachRecord(func(record *kgo.Record) { tell(record, known, before) })
	}
}
