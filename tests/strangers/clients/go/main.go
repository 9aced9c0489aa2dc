// A stranger with the CloudEvents SDK for Go and Sarama.
//
//	go run . read BROKER TOPIC...
//	go run . send BROKER binary|structured < event.json
//	go run . partitions COUNT KEY...
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"
	"time"

	"github.com/IBM/sarama"
	"github.com/cloudevents/sdk-go/protocol/kafka_sarama/v2"
	"github.com/cloudevents/sdk-go/v2/binding"
	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/twmb/franz-go/pkg/kgo"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func client(broker string) sarama.Client {
	settings := sarama.NewConfig()
	settings.Version = sarama.V2_1_0_0
	settings.Producer.RequiredAcks = sarama.WaitForAll
	settings.Producer.Return.Successes = true
	settings.Producer.Partitioner = likeJava()
	return must(sarama.NewClient([]string{broker}, settings))
}

func line(message *sarama.ConsumerMessage) string {
	// Before the SDK, which takes no record without a value.
	if message.Value == nil {
		return fmt.Sprintf("%s gone %s", message.Topic, message.Key)
	}
	read := must(binding.ToEvent(context.Background(), kafka_sarama.NewMessageFromConsumerMessage(message)))
	var data map[string]any
	if err := read.DataAs(&data); err != nil {
		log.Fatal(err)
	}
	return fmt.Sprintf("%s %s %s %s", message.Topic, read.Type(), message.Key, read.ID())
}

func read(kafka sarama.Client, topics []string) {
	consumer := must(sarama.NewConsumerFromClient(kafka))
	for _, topic := range topics {
		for _, partition := range must(kafka.Partitions(topic)) {
			end := must(kafka.GetOffset(topic, partition, sarama.OffsetNewest))
			if end == 0 {
				continue
			}
			messages := must(consumer.ConsumePartition(topic, partition, sarama.OffsetOldest)).Messages()
			for message := range messages {
				fmt.Println(line(message))
				if message.Offset+1 == end {
					break
				}
			}
		}
	}
}

type given struct {
	Topic, Key, ID, Source, Type string
	Time                         time.Time
	Data                         json.RawMessage
}

func send(kafka sarama.Client, mode string) {
	var it given
	if err := json.NewDecoder(os.Stdin).Decode(&it); err != nil {
		log.Fatal(err)
	}
	made := event.New()
	made.SetID(it.ID)
	made.SetSource(it.Source)
	made.SetType(it.Type)
	made.SetTime(it.Time)
	if err := made.SetData("application/json", it.Data); err != nil {
		log.Fatal(err)
	}
	ctx := binding.WithForceBinary(context.Background())
	if mode == "structured" {
		ctx = binding.WithForceStructured(context.Background())
	}
	message := &sarama.ProducerMessage{Topic: it.Topic, Key: sarama.StringEncoder(it.Key)}
	ctx = kafka_sarama.WithSkipKeyMapping(ctx)
	if err := kafka_sarama.WriteProducerMessage(ctx, binding.ToMessage(&made), message); err != nil {
		log.Fatal(err)
	}
	producer := must(sarama.NewSyncProducerFromClient(kafka))
	if _, _, err := producer.SendMessage(message); err != nil {
		log.Fatal(err)
	}
}

// partitions prints for each key where franz-go puts it if nothing is set, and where Sarama does as it is set here.
func partitions(count int, keys []string) {
	likeSarama, franz := likeJava()("any"), kgo.StickyKeyPartitioner(nil).ForTopic("any")
	for _, key := range keys {
		message := &sarama.ProducerMessage{Key: sarama.StringEncoder(key)}
		fmt.Println(key, franz.Partition(&kgo.Record{Key: []byte(key)}, count), must(likeSarama.Partition(message, int32(count))))
	}
}

func main() {
	switch os.Args[1] {
	case "read":
		read(client(os.Args[2]), os.Args[3:])
	case "send":
		send(client(os.Args[2]), os.Args[3])
	case "partitions":
		partitions(must(strconv.Atoi(os.Args[2])), os.Args[3:])
	}
}
