using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using RaftAkka.KeyValue.Wire;
using RaftAkka.Protocol;

namespace RaftAkka.Benchmarks.Micro;

/// <summary>The hot pieces alone. A batch is what a busy client sends: a hundred commands of 256 bytes.</summary>
internal static class MicroBenchmarks
{
    public const int BatchCommands = 100;
    public const int ValueBytes = 256;

    public static readonly Type[] All =
    [
        typeof(RecordBenchmarks), typeof(BatchBenchmarks), typeof(LogBenchmarks), typeof(RuleBenchmarks),
        typeof(SerializerBenchmarks), typeof(ApplyBenchmarks), typeof(SessionBenchmarks),
    ];

    // In this process: a build for each of them would take longer than they do.
    public static IConfig Config => DefaultConfig.Instance
        .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
        .AddDiagnoser(MemoryDiagnoser.Default);

    public static Command[] Commands(long firstSequence) =>
    [
        .. Enumerable.Range(0, BatchCommands).Select(n => new Command(
            new SequenceNumber(firstSequence + n),
            Request.Put(System.Text.Encoding.UTF8.GetBytes($"bench/{n:D6}"), new byte[ValueBytes]))),
    ];

    public static readonly SessionId Session = new(1, new SessionToken(7, 8));

    public static LogEntry Entry(long index) => LogEntry.Create(
        new EntryId(new Term(1), new LogIndex(index)), EntryKind.Commands,
        CommandBatch.Encode(Session, default, Commands(firstSequence: 1)));
}
