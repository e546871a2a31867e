using Akka.Actor;
using BenchmarkDotNet.Attributes;
using RaftAkka.Protocol;
using RaftAkka.Wire;

namespace RaftAkka.Benchmarks.Micro;

/// <summary>The messages of the hot path, to bytes and back; each carries a hundred commands or results.</summary>
public class SerializerBenchmarks
{
    private readonly AppendEntries _append = new(
        new MessageHeader(new ClusterId("bench"), new GroupName("raft"), new ServerId("n1"), new Term(1)),
        new EntryId(new Term(1), new LogIndex(1)), LogSlice.Of(MicroBenchmarks.Entry(index: 2)), new LogIndex(1), ReadRound.None);

    private readonly SendCommands _commands =
        new(1, CommandBatch.Encode(MicroBenchmarks.Session, default, MicroBenchmarks.Commands(1)));

    private readonly BatchResults _results = new(1,
    [
        .. Enumerable.Range(1, MicroBenchmarks.BatchCommands)
            .Select(n => new CommandResult(new SequenceNumber(n), CommandStatus.Done, new byte[26])),
    ]);

    private ActorSystem _system = null!;
    private RaftSerializer _serializer = null!;

    [GlobalSetup]
    public void Start()
    {
        _system = ActorSystem.Create("micro");
        _serializer = new RaftSerializer((ExtendedActorSystem)_system);
    }

    [GlobalCleanup]
    public void Stop() => _system.Terminate().Wait();

    [Benchmark]
    public object AppendEntries() => RoundTrip(_append);

    [Benchmark]
    public object SendCommands() => RoundTrip(_commands);

    [Benchmark]
    public object BatchResults() => RoundTrip(_results);

    private object RoundTrip(object message) =>
        _serializer.FromBinary(_serializer.ToBinary(message), _serializer.Manifest(message));
}
