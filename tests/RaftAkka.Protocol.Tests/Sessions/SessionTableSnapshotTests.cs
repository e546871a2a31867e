using System.Text;
using Xunit;

namespace RaftAkka.Protocol.Tests.Sessions;

public sealed class SessionTableSnapshotTests
{
    // The beginning of a table at 5 ms, and the mark of a session that was used since.
    private const string At5 = "01" + "0500000000000000";
    private const string Now = "FFFFFFFFFFFFFFFF";

    private readonly Sessions _sessions = new();

    [Fact]
    public void A_retry_after_a_restore_gets_the_first_result()
    {
        var session = _sessions.Register();
        _sessions.Execute(session, acknowledged: 0, (1, "a"), (2, "b"));

        var restored = Restored(Snapshot());

        Assert.Equal(
            [(CommandStatus.Done, "1:a"), (CommandStatus.Done, "2:b"), (CommandStatus.Done, "1:c")],
            restored.Execute(session, acknowledged: 0, (1, "a"), (2, "b"), (3, "c")));
    }

    [Fact]
    public void What_was_acknowledged_stays_so()
    {
        var session = _sessions.Register();
        _sessions.Execute(session, acknowledged: 0, (1, "a"));
        _sessions.Execute(session, acknowledged: 1, (2, "b"));

        var restored = Restored(Snapshot());

        Assert.Equal(
            [(CommandStatus.AlreadyAcknowledged, ""), (CommandStatus.Done, "2:b")],
            restored.Execute(session, acknowledged: 0, (1, "a"), (2, "b")));
    }

    [Fact]
    public void The_least_recently_used_session_is_the_same_one_after_a_restore()
    {
        var ids = Enumerable.Range(0, SessionTable.SessionsMax).Select(_ => _sessions.Register()).ToList();
        _sessions.Execute(ids[0], acknowledged: 0, (1, "a"));

        var restored = Restored(Snapshot());
        restored.Register(_sessions.NextIndex);

        Assert.Equal(CommandStatus.SessionExpired, restored.Execute(ids[1], acknowledged: 0, (1, "b"))[0].Status);
        Assert.Equal((CommandStatus.Done, "1:a"), restored.Execute(ids[0], acknowledged: 0, (1, "a"))[0]);
    }

    [Fact]
    public void A_capture_keeps_the_table_as_it_was()
    {
        var (ann, bea) = (_sessions.Register(), _sessions.Register());
        _sessions.Execute(ann, acknowledged: 0, (1, "a"), (2, "b"));
        using var capture = _sessions.Table.Capture();
        var bytes = Snapshot().ToArray();

        // New results, acknowledgements, the order of use, new sessions: all of it came later.
        _sessions.Execute(bea, acknowledged: 0, (1, "c"));
        _sessions.Execute(ann, acknowledged: 2, (3, "d"));
        _sessions.Register();

        Assert.Equal(bytes, Written(capture).ToArray());
        Assert.NotEqual(bytes, Snapshot().ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_restored_table_decides_everything_as_the_first_one_does(int seed)
    {
        var random = new Random(seed);
        var twin = new Sessions();
        var ids = new List<SessionId>();
        for (var step = 0; step < 3_000; step++)
        {
            if (step % 500 == 0) twin = Restored(Snapshot(), twin);
            if (random.Next(20) == 0 || ids.Count == 0)
            {
                ids.Add(_sessions.Register());
                Assert.Equal(ids[^1], twin.Register(ids[^1].Value));
                continue;
            }

            var (id, from) = (ids[random.Next(ids.Count)], random.Next(1, 100));
            var acknowledged = random.Next(from);
            var commands = Enumerable.Range(from, random.Next(1, 5)).Select(n => ((long)n, $"c{n}")).ToArray();
            Assert.Equal(
                _sessions.Execute(id, acknowledged, commands), twin.Execute(id, acknowledged, commands));
        }

        Assert.Equal(Snapshot().ToArray(), twin.Snapshot().ToArray());
    }

    [Fact]
    public void Equal_tables_write_equal_bytes_however_they_came_to_it()
    {
        var session = _sessions.Register();
        _sessions.Execute(session, acknowledged: 0, (5, "a"), (3, "b"), (9, "c"), (4, "d"));
        _sessions.Execute(session, acknowledged: 3, (7, "e"));

        var once = Snapshot().ToArray();

        Assert.Equal(once, Restored(Snapshot()).Snapshot().ToArray());
    }

    [Fact]
    public void Small_tables_have_these_bytes()
    {
        ShouldBe("02" + "0000000000000000" + "00000000");

        var ann = _sessions.Register();
        var bea = _sessions.Table.Register(new LogIndex(_sessions.TakeIndex()), new(0x1122334455667788, 0x99), "h2");
        _sessions.Execute(bea, acknowledged: 0, (1, "x"));
        _sessions.Tick(time: 513);
        _sessions.Execute(ann, acknowledged: 1, (3, "y"), (2, "z"));

        ShouldBe("02" + "0102000000000000" + "02000000"
            + "0200000000000000" + "8877665544332211" + "9900000000000000" + "02" + "6832"
            + "0102000000000000" + "0000000000000000" + "01000000"
            + "0100000000000000" + "03000000" + "313A78"
            + "0100000000000000" + "0000000000000000" + "0000000000000000" + "00" + "FFFFFFFFFFFFFFFF" + "0100000000000000"
            + "02000000" + "0200000000000000" + "03000000" + "323A7A"
            + "0300000000000000" + "03000000" + "313A79");
    }

    // Of the release before clients drew tokens: its sessions live on without one.
    [Fact]
    public void A_table_of_version_1_is_read()
    {
        var old = Restored(new MemoryStream(Convert.FromHexString("01" + "0102000000000000" + "02000000"
            + "0200000000000000" + "0102000000000000" + "0000000000000000" + "01000000"
            + "0100000000000000" + "03000000" + "313A78"
            + "0100000000000000" + "FFFFFFFFFFFFFFFF" + "0100000000000000" + "01000000"
            + "0300000000000000" + "03000000" + "313A79")));

        Assert.Equal((CommandStatus.Done, "1:x"), old.Execute(new SessionId(2), acknowledged: 0, (1, "x"))[0]);
        Assert.Equal(
            [(CommandStatus.AlreadyAcknowledged, ""), (CommandStatus.Done, "1:y")],
            old.Execute(new SessionId(1), acknowledged: 0, (1, "w"), (3, "y")));
        Assert.Equal(CommandStatus.SessionExpired, old.Execute(new SessionId(2, new(1, 2)), acknowledged: 0, (1, "x"))[0].Status);
    }

    [Theory]
    [InlineData("FE", "an owner of 254 characters")]
    [InlineData("0120", "an owner that no host can be")]
    public void An_owner_that_no_host_can_be_is_refused(string owner, string says) =>
        Assert.Contains(says, Assert.Throws<InvalidDataException>(() => SessionTable.Restore(new MemoryStream(
            Convert.FromHexString("02" + "0500000000000000" + "01000000" + "0100000000000000"
                + "0100000000000000" + "0100000000000000" + owner + new string('0', 1000))))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_result_larger_than_any_buffer_comes_back()
    {
        var session = _sessions.Register();
        var large = new string('x', 3_000_000);
        _sessions.Execute(session, acknowledged: 0, (1, large));

        Assert.Equal("1:" + large, Restored(Snapshot()).Execute(session, acknowledged: 0, (1, large))[0].Text);
    }

    [Fact]
    public void Reading_stops_where_the_table_ends()
    {
        _sessions.Register();
        var stream = new MemoryStream([.. Snapshot().ToArray(), 77]);

        SessionTable.Restore(stream);

        Assert.Equal(77, stream.ReadByte());
    }

    [Fact]
    public void Bytes_cut_off_anywhere_are_refused()
    {
        var session = _sessions.Register();
        _sessions.Execute(session, acknowledged: 0, (1, "a"), (2, "b"));
        var bytes = Snapshot().ToArray();

        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<InvalidDataException>(() => SessionTable.Restore(new MemoryStream(bytes[..length])));
    }

    // The snapshot's file has checksums; here it is enough that nothing worse happens than a refusal.
    [Fact]
    public void Flipped_bytes_give_a_refusal_or_another_table_and_never_take_memory_that_is_not_there()
    {
        var session = _sessions.Register();
        _sessions.Execute(session, acknowledged: 0, (1, "a"), (2, "b"));
        var bytes = Snapshot().ToArray();

        for (var at = 0; at < bytes.Length; at++)
        {
            foreach (var flip in (byte[])[0x01, 0x80, 0xFF])
            {
                var copy = bytes.ToArray();
                copy[at] ^= flip;
                var before = GC.GetAllocatedBytesForCurrentThread();
                if (Record.Exception(() => SessionTable.Restore(new MemoryStream(copy))) is { } refusal)
                    Assert.IsType<InvalidDataException>(refusal);
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024 * 1024);
            }
        }
    }

    [Theory]
    [InlineData("03" + "0000000000000000" + "00000000", "format version 3")]
    [InlineData("01" + "FFFFFFFFFFFFFFFF" + "00000000", "the time -1")]
    [InlineData("01" + "0100000000000100" + "00000000", "the time 281474976710657")]
    [InlineData(At5 + "11270000", "10001 sessions")]
    [InlineData(At5 + "01000000" + "0000000000000000" + Now + "0000000000000000" + "00000000", "session 0")]
    [InlineData(At5 + "01000000" + "0100000000000000" + "FEFFFFFFFFFFFFFF", "session 1 active until -2")]
    [InlineData(At5 + "01000000" + "0100000000000000" + "0600000000000000", "session 1 active until 6")]
    [InlineData(At5 + "01000000" + "0100000000000000" + Now + "FFFFFFFFFFFFFFFF" + "00000000", "acknowledged -1")]
    [InlineData(At5 + "01000000" + "0100000000000000" + Now + "0000000000000000" + "01200000", "8193 results")]
    [InlineData(At5 + "01000000" + "0100000000000000" + Now + "0500000000000000" + "01000000"
        + "0500000000000000" + "00000000", "command 5 of session 1 behind command 5")]
    [InlineData(At5 + "01000000" + "0100000000000000" + Now + "0000000000000000" + "01000000"
        + "0100000000000000" + "00000080", "2147483648 bytes")]
    [InlineData(At5 + "02000000" + "0100000000000000" + Now + "0000000000000000" + "00000000"
        + "0100000000000000" + Now + "0000000000000000" + "00000000", "session 1 twice")]
    [InlineData(At5 + "02000000" + "0100000000000000" + Now + "0000000000000000" + "00000000"
        + "0200000000000000" + "0500000000000000", "session 2, active until 5, behind")]
    [InlineData(At5 + "02000000" + "0100000000000000" + "0500000000000000" + "0000000000000000" + "00000000"
        + "0200000000000000" + "0400000000000000", "session 2, active until 4, behind")]
    public void What_no_table_can_hold_is_refused_by_name(string hex, string says) =>
        Assert.Contains(says, Assert.Throws<InvalidDataException>(
            () => SessionTable.Restore(new MemoryStream(Convert.FromHexString(hex)))).Message, StringComparison.Ordinal);

    private MemoryStream Snapshot() => _sessions.Snapshot();

    private void ShouldBe(string hex) => Assert.Equal(hex, Convert.ToHexString(Snapshot().ToArray()));

    private static Sessions Restored(MemoryStream snapshot, Sessions? before = null) =>
        new(SessionTable.Restore(snapshot), before);

    private static MemoryStream Written(ISnapshotSource source)
    {
        var stream = new MemoryStream();
        source.WriteTo(stream);
        return stream;
    }

    /// <summary>A table and its entries. A machine numbers the commands of each session that it applies.</summary>
    private sealed class Sessions(SessionTable? table = null, Sessions? before = null)
    {
        private readonly Counter _machine = before?._machine ?? new Counter();
        private long _index = before?._index ?? 0;

        public SessionTable Table { get; } = table ?? new SessionTable();

        public long NextIndex => _index + 1;

        public long TakeIndex() => ++_index;

        public SessionId Register() => Register(_index + 1);

        public SessionId Register(long index) => Table.Register(new LogIndex(_index = index));

        public (CommandStatus Status, string Text)[] Execute(
            SessionId session, long acknowledged, params (long Sequence, string Body)[] commands)
        {
            var bytes = CommandBatch.Encode(session, new SequenceNumber(acknowledged), [.. commands.Select(
                command => new Command(new SequenceNumber(command.Sequence), Encoding.ASCII.GetBytes(command.Body)))]);
            Assert.True(CommandBatch.TryDecode(bytes, out var batch));
            return [.. Table.Execute(new LogIndex(++_index), batch, _machine)
                .Select(result => (result.Status, Encoding.ASCII.GetString(result.Result.Span)))];
        }

        public void Tick(int time)
        {
            var bytes = ClockTick.Encode(TimeSpan.FromMilliseconds(time), TimeSpan.FromMilliseconds(100), []);
            Assert.True(ClockTick.TryDecode(bytes, out var tick));
            Table.Tick(tick);
        }

        public MemoryStream Snapshot()
        {
            using var source = Table.Capture();
            var stream = Written(source);
            stream.Position = 0;
            return stream;
        }
    }

    private sealed class Counter : IStateMachine
    {
        private readonly Dictionary<SessionId, int> _applied = [];

        public ReadOnlyMemory<byte> Apply(in CommittedCommand command)
        {
            var number = _applied[command.Session] = _applied.GetValueOrDefault(command.Session) + 1;
            return Encoding.ASCII.GetBytes($"{number}:{Encoding.ASCII.GetString(command.Body.Span)}");
        }

        public ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query) => default;

        public ISnapshotSource CaptureSnapshot() => throw new NotSupportedException();

        public void Restore(Stream snapshot) => throw new NotSupportedException();
    }
}
