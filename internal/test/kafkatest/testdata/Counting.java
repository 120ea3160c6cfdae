// Copyright The kafkalagreceiver Authors
// SPDX-License-Identifier: Apache-2.0

import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.state.Stores;

/** Counts the records of a topic by key: BROKERS GROUP CLIENT_ID TOPIC FOLDER. It ends by itself after ten minutes. */
public class Counting {
    public static void main(String[] args) throws InterruptedException {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", args[0]);
        settings.put("application.id", args[1]);
        settings.put("client.id", args[2]);
        settings.put("state.dir", args[4]);
        settings.put("group.protocol", "streams");
        settings.put("auto.offset.reset", "earliest");
        settings.put("commit.interval.ms", "100");

        var bytes = Serdes.ByteArray();
        var builder = new StreamsBuilder();
        builder.stream(args[3], Consumed.with(bytes, bytes))
            .groupByKey(Grouped.with(bytes, bytes))
            .count(Materialized.<byte[], Long>as(Stores.inMemoryKeyValueStore("counts")).withKeySerde(bytes).withValueSerde(Serdes.Long()));

        var streams = new KafkaStreams(builder.build(), settings);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(10))));
        streams.start();
        Thread.sleep(Duration.ofMinutes(10).toMillis());
        System.exit(1);
    }
}
