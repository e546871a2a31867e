using BenchmarkDotNet.Attributes;
using RaftAkka.KeyValue;
using RaftAkka.Protocol;

namespace RaftAkka.Benchmarks.Micro;

/// <summary>What becomes of a committed batch of a hundred puts; the numbers are for one command.</summary>
public class ApplyBenchmarks
{
    private readonly KeyValueMachine _machine = new();
    private readonly SessionTable _sessions = new();
    private readonly PutBatches _batches;

    public ApplyBenchmarks()
    {
        _batches = new PutBatches(_sessions.Register(new LogIndex(1), new(7, 8), "10.0.0.1"));
        for (var n = 0; n < PutBatches.Keys / MicroBenchmarks.BatchCommands; n++) DecodeAndExecute();
    }

    [Benchmark(OperationsPerInvoke = MicroBenchmarks.BatchCommands)]
    public int KeyValuePuts()
    {
        var bytes = 0;
        foreach (var command in _batches.NextCommands())
            bytes += _machine.Apply(new CommittedCommand(_batches.Index, _batches.Session, command.Sequence, command.Body)).Length;
        return bytes;
    }

    // The whole way of the machine's actor: decode, execute once, acknowledge what the client has.
    [Benchmark(OperationsPerInvoke = MicroBenchmarks.BatchCommands)]
    public int DecodeAndExecute() => CommandBatch.TryDecode(_batches.NextPayload(), out var batch)
        ? _sessions.Execute(_batches.Index, batch, _machine).Length
        : throw new InvalidOperationException("The batch is no batch.");

    // The same on a follower, of whom nobody expects results.
    [Benchmark(OperationsPerInvoke = MicroBenchmarks.BatchCommands)]
    public void DecodeAndExecuteUnanswered()
    {
        CommandBatch.TryDecode(_batches.NextPayload(), out var batch);
        _sessions.ExecuteUnanswered(_batches.Index, batch!, _machine);
    }
}

/// <summary>The session table alone, over a machine that does nothing; the numbers are for one command.</summary>
public class SessionBenchmarks
{
    private readonly SessionTable _sessions = new();
    private readonly Silent _machine = new();
    private readonly PutBatches _batches;

    public SessionBenchmarks() => _batches = new PutBatches(_sessions.Register(new LogIndex(1), new(7, 8), "10.0.0.1"));

    [Benchmark(OperationsPerInvoke = MicroBenchmarks.BatchCommands)]
    public int Execute() => CommandBatch.TryDecode(_batches.NextPayload(), out var batch)
        ? _sessions.Execute(_batches.Index, batch, _machine).Length
        : throw new InvalidOperationException("The batch is no batch.");

    private sealed class Silent : IStateMachine
    {
        private readonly byte[] _result = new byte[26];

        public ReadOnlyMemory<byte> Apply(in CommittedCommand command) => _result;

        public ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query) => default;

        public ISnapshotSource CaptureSnapshot() => throw new NotSupportedException();

        public void Restore(Stream snapshot) => throw new NotSupportedException();
    }
}
