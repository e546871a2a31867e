using System.Diagnostics;
using System.Globalization;
using RaftAkka.KeyValue;
using RaftAkka.KeyValue.Wire;
using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Benchmarks;

/// <summary>
/// What a snapshot costs the machine that is captured, without a cluster around it: the pause, what writing takes from
/// the commands that go on meanwhile, and how long the way back is.
/// </summary>
internal sealed class CaptureRun(int keys, int valueBytes)
{
    private static readonly LogIdentity Identity =
        new(new ClusterId("bench"), new GroupName("raft"), new ServerId("n1"));

    private static readonly SessionToken Token = new(7, 8);

    private readonly byte[] _value = new byte[valueBytes];
    private KeyValueMachine _machine = new();
    private long _index;

    public void Run()
    {
        new Random(1).NextBytes(_value);
        Fill();
        CaptureAlone();
        CaptureSessions();
        WriteAndRestore();
    }

    private void Fill()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        for (var key = 0; key < keys; key++) Put(key);
        Console.WriteLine($"{keys:N0} keys of {valueBytes} bytes: put in {watch.Elapsed.TotalSeconds:F1} s, "
            + $"{Mib(GC.GetTotalMemory(forceFullCollection: true) - before)} MiB of memory");
    }

    // Each time after as many puts as make a fresh set of nodes, so that a capture disowns something.
    private void CaptureAlone()
    {
        var random = new Random(2);
        var pauses = new List<double>();
        var (plain, copying) = (Puts(random), 0.0);
        for (var round = 0; round < 200; round++)
        {
            var watch = Stopwatch.StartNew();
            using var source = _machine.CaptureSnapshot();
            pauses.Add(watch.Elapsed.TotalMicroseconds);
            copying += Puts(random) / 200;
        }

        Console.WriteLine($"pause for the machine: {Pauses(pauses)}; a put {plain:F2} us, in the 10,000 after a capture {copying:F2} us");
    }

    private static void CaptureSessions()
    {
        foreach (var (sessions, results) in new[] { (SessionTable.SessionsMax, 64), (100, SessionTable.ResultsMax) })
        {
            var table = new SessionTable();
            var machine = new Echo();
            var index = 0L;
            for (var s = 0; s < sessions; s++) table.Register(new LogIndex(++index), Token, "10.0.0.1");
            for (var s = 1; s <= sessions; s++) Execute(s, 1, results);

            var (pauses, first, next) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = 0; round < 50; round++)
            {
                var watch = Stopwatch.StartNew();
                using var source = table.Capture();
                pauses.Add(watch.Elapsed.TotalMicroseconds);
                // A retry, so that nothing but the copy of the session makes a difference.
                foreach (var list in (List<double>[])[first, next])
                {
                    watch.Restart();
                    Execute(1 + round, 1, 1);
                    list.Add(watch.Elapsed.TotalMicroseconds);
                }
            }

            Console.WriteLine($"pause for {sessions:N0} sessions with {results:N0} results each: {Pauses(pauses)}; "
                + $"a batch of a session {Pauses(next)}, the first after a capture {Pauses(first)}");

            void Execute(long session, int from, int count)
            {
                var commands = Enumerable.Range(from, count).Select(n => new Command(new SequenceNumber(n), default)).ToArray();
                CommandBatch.TryDecode(
                    CommandBatch.Encode(new SessionId(session, Token), default, commands), out var batch);
                table.Execute(new LogIndex(++index), batch!, machine);
            }
        }
    }

    private void WriteAndRestore()
    {
        var folder = Directory.CreateTempSubdirectory("raftakka-capture-").FullName;
        try
        {
            using var store = new SnapshotStore(() => FileDisk.At(folder));
            store.Open(Identity);
            var snapshot = Write(store, 1);
            Console.WriteLine($"written in {snapshot.Seconds:F2} s alone: {Mib(snapshot.Stored.Bytes)} MiB");
            WriteWhilePutting(store);
            Restore(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // On a thread of its own, as in a server; the caller goes on with commands.
    private void WriteWhilePutting(SnapshotStore store)
    {
        var random = new Random(3);
        var plain = 0.0;
        for (var i = 0; i < 20; i++) plain += Puts(random) / 20;

        var held = GC.GetTotalMemory(forceFullCollection: true);
        var source = _machine.CaptureSnapshot();
        var result = (Stored: (StoredSnapshot?)null, Seconds: 0.0);
        var writer = new Thread(() => result = Write(store, 2, source));
        writer.Start();
        var (worst, puts, watch) = (0.0, 0, Stopwatch.StartNew());
        while (writer.IsAlive)
        {
            var start = watch.Elapsed;
            Put(random.Next(keys));
            worst = Math.Max(worst, (watch.Elapsed - start).TotalMilliseconds);
            puts++;
        }

        var perPut = watch.Elapsed.TotalMicroseconds / puts;
        var more = GC.GetTotalMemory(forceFullCollection: true) - held;
        source.Dispose();
        GC.KeepAlive(source);
        Console.WriteLine($"written in {result.Seconds:F2} s beside {puts:N0} puts of {perPut:F2} us, without a snapshot {plain:F2} us; "
            + $"the slowest put {worst:F1} ms; {Mib(more)} MiB held for the state as it was");
    }

    private void Restore(string folder)
    {
        var digest = _machine.Digest();
        using (var store = new SnapshotStore(() => FileDisk.At(Path.Combine(folder, "again"))))
        {
            store.Open(Identity);
            Write(store, 3);
        }

        _machine = new KeyValueMachine();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        using var again = new SnapshotStore(() => FileDisk.At(Path.Combine(folder, "again")));
        var snapshot = again.Open(Identity)!;
        var verified = watch.Elapsed.TotalSeconds;

        using var file = again.Read(snapshot);
        SessionTable.Restore(file.Open(SnapshotSection.Sessions));
        _machine.Restore(file.Open(SnapshotSection.Machine));
        file.Finish();
        Console.WriteLine($"verified in {verified:F2} s, restored in {watch.Elapsed.TotalSeconds - verified:F2} s, "
            + $"{Mib(GC.GetTotalMemory(forceFullCollection: true) - before)} MiB of memory; "
            + $"the state is {(_machine.Digest() == digest ? "the same" : "NOT the same")}");
    }

    private (StoredSnapshot Stored, double Seconds) Write(SnapshotStore store, long index, ISnapshotSource? captured = null)
    {
        var watch = Stopwatch.StartNew();
        using var sessions = new SessionTable().Capture();
        using var machine = captured ?? _machine.CaptureSnapshot();
        using var file = store.Begin(new SnapshotHead(new EntryId(new Term(1), new LogIndex(index)), default));
        sessions.WriteTo(file.Begin(SnapshotSection.Sessions));
        machine.WriteTo(file.Begin(SnapshotSection.Machine));
        return (file.Commit(), watch.Elapsed.TotalSeconds);
    }

    /// <returns>Microseconds for one put.</returns>
    private double Puts(Random random)
    {
        const int Count = 10_000;
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Count; i++) Put(random.Next(keys));
        return watch.Elapsed.TotalMicroseconds / Count;
    }

    private void Put(int key)
    {
        Span<byte> name = stackalloc byte[16];
        System.Text.Encoding.ASCII.GetBytes(key.ToString("D16", CultureInfo.InvariantCulture), name);
        _machine.Apply(new CommittedCommand(
            new LogIndex(++_index), new SessionId(1), new SequenceNumber(_index), Request.Put(name, _value)));
    }

    private static string Pauses(List<double> pauses)
    {
        pauses.Sort();
        return $"median {pauses[pauses.Count / 2]:F1} us, worst {pauses[^1]:F0} us";
    }

    private static string Mib(long bytes) => (bytes / 1048576.0).ToString("N0", CultureInfo.InvariantCulture);

    private sealed class Echo : IStateMachine
    {
        public ReadOnlyMemory<byte> Apply(in CommittedCommand command) => new byte[16];

        public ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query) => default;

        public ISnapshotSource CaptureSnapshot() => throw new NotSupportedException();

        public void Restore(Stream snapshot) => throw new NotSupportedException();
    }
}
