using Xunit;

namespace RaftAkka.Protocol.Tests.Sessions;

/// <summary>Sessions expire by the time that the log tells, and by nothing else.</summary>
public sealed class SessionExpiryTests
{
    private const int Timeout = 100;

    private SessionTable _table = new();
    private int _index = 10;

    [Fact]
    public void A_session_that_was_not_used_for_longer_than_the_timeout_has_expired()
    {
        var ann = Registered();
        Assert.Equal(0, Tick(50));
        Assert.Equal(0, Tick(150));

        Assert.Equal(1, Tick(151));

        Assert.Equal(0, _table.Count);
        Assert.Equal(CommandStatus.SessionExpired, Send(ann, 1));
    }

    [Fact]
    public void A_command_keeps_its_session_from_the_next_tick_on()
    {
        var ann = Registered();
        Tick(50);
        Send(ann, 1);
        Tick(140);

        Assert.Equal(0, Tick(240));

        Assert.Equal(CommandStatus.Done, Send(ann, 2));
    }

    [Fact]
    public void A_renewal_keeps_its_session_and_no_other()
    {
        var (ann, bea) = (Registered(), Registered());
        Tick(50);
        Tick(140, ann);

        Assert.Equal(1, Tick(240));

        Assert.Equal(CommandStatus.Done, Send(ann, 1));
        Assert.Equal(CommandStatus.SessionExpired, Send(bea, 1));
    }

    [Fact]
    public void A_renewal_comes_in_time_although_the_same_tick_would_have_been_too_late()
    {
        var ann = Registered();
        Tick(50);

        Assert.Equal(0, Tick(1000, ann));

        Assert.Equal(CommandStatus.Done, Send(ann, 1));
    }

    [Fact]
    public void An_expired_session_does_not_come_back_by_a_renewal()
    {
        var ann = Registered();
        Tick(50);
        Tick(500);

        Tick(501, ann);

        Assert.Equal(0, _table.Count);
        Assert.Equal(CommandStatus.SessionExpired, Send(ann, 1));
    }

    [Fact]
    public void Time_never_goes_back()
    {
        Registered();
        Tick(50);

        Assert.Equal(0, Tick(20));

        Assert.Equal(TimeSpan.FromMilliseconds(50), _table.Time);
        var bea = Registered();
        Tick(10);
        Tick(150);
        Assert.Equal(CommandStatus.Done, Send(bea, 1));   // Active until 50, not until 10.
    }

    [Fact]
    public void However_far_time_leaps_what_was_registered_since_the_last_tick_stays()
    {
        var ann = Registered();

        Assert.Equal(0, Tick(1_000_000));

        Assert.Equal(CommandStatus.Done, Send(ann, 1));
    }

    [Fact]
    public void The_timeout_is_that_of_the_tick()
    {
        Registered();
        Tick(50);

        Assert.Equal(0, Tick(500, timeout: 450));
        Assert.Equal(1, Tick(500, timeout: 449));
    }

    [Fact]
    public void A_renewed_session_is_used_more_recently_than_those_that_were_not()
    {
        var (ann, bea) = (Registered(), Registered());
        for (var n = 2; n < SessionTable.SessionsMax; n++) Registered();
        Tick(50, ann);

        Registered();

        Assert.Equal(CommandStatus.Done, Send(ann, 1));
        Assert.Equal(CommandStatus.SessionExpired, Send(bea, 1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_table_that_was_restored_on_the_way_expires_the_same_sessions(int seed)
    {
        var random = new Random(seed);
        var (twin, ids, time) = (new SessionTable(), new List<SessionId>(), 0);
        for (var step = 0; step < 2_000; step++)
        {
            if (step % 100 == 0) twin = SessionTable.Restore(new MemoryStream(Bytes(_table)));
            if (ids.Count == 0 || random.Next(10) == 0)
            {
                ids.Add(Registered());
                twin.Register(new LogIndex(_index));
            }
            else if (random.Next(4) == 0)
            {
                SessionId[] renewed = [.. ids.Where(_ => random.Next(6) == 0)];
                var tick = NewTick(time += random.Next(40), Timeout, renewed);
                Assert.Equal(_table.Tick(tick), twin.Tick(tick));
            }
            else
            {
                var (id, number) = (ids[random.Next(ids.Count)], step + 1);
                Assert.Equal(Send(id, number), SendTo(twin, id, number));
            }
        }

        Assert.Equal(Bytes(_table), Bytes(twin));
    }

    [Fact]
    public void A_tick_leaves_a_capture_as_it_was()
    {
        var ann = Registered();
        Tick(50);
        Send(ann, 1);
        using var capture = _table.Capture();
        var before = Bytes(_table);

        Tick(80);
        Tick(1000);

        var written = new MemoryStream();
        capture.WriteTo(written);
        Assert.Equal(before, written.ToArray());
    }

    private SessionId Registered() => _table.Register(new LogIndex(++_index));

    private int Tick(int time, params SessionId[] renewed) => _table.Tick(NewTick(time, Timeout, renewed));

    private int Tick(int time, int timeout) => _table.Tick(NewTick(time, timeout, []));

    private static ClockTick NewTick(int time, int timeout, SessionId[] renewed)
    {
        var bytes = ClockTick.Encode(TimeSpan.FromMilliseconds(time), TimeSpan.FromMilliseconds(timeout),
            [.. renewed.Select(session => new LogIndex(session.Value))]);
        Assert.True(ClockTick.TryDecode(bytes, out var tick));
        return tick;
    }

    private CommandStatus Send(SessionId session, long number) => SendTo(_table, session, number);

    private CommandStatus SendTo(SessionTable table, SessionId session, long number)
    {
        var bytes = CommandBatch.Encode(session, default, [new Command(new SequenceNumber(number), default)]);
        Assert.True(CommandBatch.TryDecode(bytes, out var batch));
        return Assert.Single(table.Execute(new LogIndex(++_index), batch, new Silent())).Status;
    }

    private static byte[] Bytes(SessionTable table)
    {
        var stream = new MemoryStream();
        using var source = table.Capture();
        source.WriteTo(stream);
        return stream.ToArray();
    }

    private sealed class Silent : IStateMachine
    {
        public ReadOnlyMemory<byte> Apply(in CommittedCommand command) => default;

        public ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query) => default;

        public ISnapshotSource CaptureSnapshot() => throw new NotSupportedException();

        public void Restore(Stream snapshot) => throw new NotSupportedException();
    }
}
