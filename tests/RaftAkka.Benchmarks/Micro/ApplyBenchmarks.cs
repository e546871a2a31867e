using BenchmarkDotNet.Attributes;
using RaftAkka.KeyValue;
using RaftAkka.Protocol;

namespace RaftAkka.Benchmarks.Micro;

/// <summary>What becomes of a committed batch of a hundred puts; the numbers are for one command.</summary>
public class ApplyBenchmarks
{
    private readonly KeyValueMachine _machine = new();
    private readonly SessionTable _sessions = new();
    private readonly Command[] _commands = MicroBenchmarks.Commands(1);
    private readonly SessionId _session;
    private long _index = 1;

    public ApplyBenchmarks() => _session = _sessions.Register(new LogIndex(_index));

    [Benchmark(OperationsPerInvoke = MicroBenchmarks.BatchCommands)]
    public int KeyValuePuts()
    {
        var bytes = 0;
        foreach (var command in _commands)
            bytes += _machine.Apply(new CommittedCommand(new LogIndex(++_index), _session, command.Sequence, command.Body)).Length;
        return bytes;
    }

    // The whole way of the machine's actor: decode, execute once, acknowledge what the client has.
    [Benchmark(OperationsPerInvoke = MicroBenchmarks.BatchCommands)]
    public int DecodeAndExecute()
    {
        var first = (_index++ * MicroBenchmarks.BatchCommands) + 1;
        for (var n = 0; n < _commands.Length; n++) _commands[n] = _commands[n] with { Sequence = new SequenceNumber(first + n) };
        var payload = CommandBatch.Encode(_session, new SequenceNumber(first - 1), _commands);
        return CommandBatch.TryDecode(payload, out var batch)
            ? _sessions.Execute(new LogIndex(_index), batch, _machine).Length
            : throw new InvalidOperationException("The batch is no batch.");
    }
}
