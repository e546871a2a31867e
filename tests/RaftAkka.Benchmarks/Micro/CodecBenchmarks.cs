using BenchmarkDotNet.Attributes;
using RaftAkka.Protocol;

namespace RaftAkka.Benchmarks.Micro;

/// <summary>A log record with a batch in it.</summary>
public class RecordBenchmarks
{
    private readonly EntryId _id = new(new Term(1), new LogIndex(1));
    private readonly byte[] _payload = CommandBatch.Encode(MicroBenchmarks.Session, default, MicroBenchmarks.Commands(1));
    private readonly byte[] _record;

    public RecordBenchmarks() => _record = RecordCodec.Encode(_id, (byte)EntryKind.Commands, _payload);

    [Benchmark]
    public byte[] Encode() => RecordCodec.Encode(_id, (byte)EntryKind.Commands, _payload);

    [Benchmark]
    public bool Decode() => LogEntry.TryDecode(_record, out _);
}

/// <summary>A batch of a hundred commands; the numbers are for one command.</summary>
public class BatchBenchmarks
{
    private readonly Command[] _commands = MicroBenchmarks.Commands(1);
    private readonly byte[] _batch;

    public BatchBenchmarks() => _batch = CommandBatch.Encode(MicroBenchmarks.Session, default, _commands);

    [Benchmark(OperationsPerInvoke = MicroBenchmarks.BatchCommands)]
    public byte[] Encode() => CommandBatch.Encode(MicroBenchmarks.Session, default, _commands);

    [Benchmark(OperationsPerInvoke = MicroBenchmarks.BatchCommands)]
    public bool Decode() => CommandBatch.TryDecode(_batch, out _);
}
