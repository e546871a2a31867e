using BenchmarkDotNet.Attributes;
using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Benchmarks.Micro;

/// <summary>An entry on its way to a disk that costs nothing: the log's own work.</summary>
public class LogBenchmarks
{
    // Enough that they are not all in the nearest cache; begun anew in a fresh log.
    private const int Entries = 256;

    private readonly WriteLog[] _writes =
    [
        .. Enumerable.Range(1, Entries).Select(n => new WriteLog(
            new WriteTicket(n), n == 1 ? new HardState(new Term(1), null) : null, LogSlice.Of(MicroBenchmarks.Entry(n)))),
    ];

    private static readonly LogIdentity Identity = new(new ClusterId("bench"), new GroupName("raft"), new ServerId("n1"));

    [Benchmark(OperationsPerInvoke = Entries)]
    public LogIndex AppendAndSync()
    {
        using var journal = Journal.Open(new NoDisk(), Identity, new LogSettings());
        var queue = new WriteQueue();
        foreach (var write in _writes)
        {
            queue.Add(write);
            queue.WriteTo(journal);
        }
        return journal.Contents.Last.Index;
    }

    private sealed class NoDisk : IDisk
    {
        private readonly Dictionary<string, NoFile> _files = new(StringComparer.Ordinal);

        public string Location => "/nowhere";

        public IReadOnlyList<string> List() => [.. _files.Keys];

        public IDiskFile Open(string name) => _files[name];

        public IDiskFile Create(string name) => _files[name] = new NoFile();

        public void Rename(string from, string to)
        {
            _files.Remove(from, out var file);
            _files[to] = file!;
        }

        public void Delete(string name) => _files.Remove(name);

        public void SyncDirectory()
        {
            // Nothing is durable here.
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }

    private sealed class NoFile : IDiskFile
    {
        public long Length { get; private set; }

        public void Allocate(long length) => Length = length;

        public int Read(long offset, Span<byte> buffer)
        {
            buffer.Clear();
            return buffer.Length;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes) => Length = Math.Max(Length, offset + bytes.Length);

        public void Sync()
        {
            // Nothing is durable here.
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
