using Xunit;

namespace RaftAkka.Protocol.Tests.Sessions;

/// <summary>The table is bounded in bytes, not only in numbers.</summary>
public sealed class SessionBytesTests
{
    private const int MiB = 1024 * 1024;

    private readonly SessionTable _table = new();
    private readonly Generous _machine = new();
    private int _index;

    [Fact]
    public void A_session_that_holds_so_many_bytes_of_results_gets_no_more_until_it_acknowledges()
    {
        var ann = Registered();
        _machine.ResultBytes = SessionTable.ResultBytesMax - 1;
        Assert.Equal(CommandStatus.Done, Send(ann, 1));
        _machine.ResultBytes = 1;
        Assert.Equal(CommandStatus.Done, Send(ann, 2));

        Assert.Equal(CommandStatus.TooManyUnacknowledged, Send(ann, 3));
        Assert.Equal(CommandStatus.Done, Send(ann, 1));   // A retry still gets its result.
        Assert.Equal(2, _machine.Applied);

        Assert.Equal(CommandStatus.Done, Send(ann, 3, acknowledged: 1));
        Assert.Equal(3, _machine.Applied);
    }

    [Fact]
    public void The_bytes_are_counted_on_after_a_capture_and_after_a_restore()
    {
        var ann = Registered();
        _machine.ResultBytes = SessionTable.ResultBytesMax;
        Send(ann, 1);
        using var source = _table.Capture();
        Assert.Equal(CommandStatus.TooManyUnacknowledged, Send(ann, 2));

        var stream = new MemoryStream();
        source.WriteTo(stream);
        stream.Position = 0;

        Assert.Equal(CommandStatus.TooManyUnacknowledged, Send(ann, 2, table: SessionTable.Restore(stream)));
    }

    [Fact]
    public void Acknowledging_far_ahead_frees_the_bytes_as_well()
    {
        var ann = Registered();
        _machine.ResultBytes = SessionTable.ResultBytesMax;
        Send(ann, 1);

        Assert.Equal(CommandStatus.Done, Send(ann, 1001, acknowledged: 1000));
    }

    [Fact]
    public void All_sessions_together_are_bounded_too_and_those_used_least_recently_go()
    {
        _machine.ResultBytes = 16 * MiB;
        var sessions = Enumerable.Range(0, 32).Select(_ => Registered()).ToList();
        foreach (var session in sessions) Send(session, 1);   // 512 MiB: the limit, and not beyond it.
        Assert.Equal(32, _table.Count);
        Send(sessions[0], 1);

        var last = Registered();
        _machine.ResultBytes = 1;
        Assert.Equal(CommandStatus.Done, Send(last, 1));

        Assert.Equal(32, _table.Count);
        Assert.Equal(CommandStatus.SessionExpired, Send(sessions[1], 1));
        Assert.Equal(CommandStatus.Done, Send(sessions[0], 1));
    }

    [Fact]
    public void Sessions_that_expire_or_make_room_give_their_bytes_back()
    {
        _machine.ResultBytes = 16 * MiB;
        for (var n = 0; n < 32; n++) Send(Registered(), 1);
        Tick(1);
        Tick(1000);   // All of them expire.
        Assert.Equal(0, _table.Count);

        var (ann, bea) = (Registered(), Registered());
        Send(ann, 1);
        Send(bea, 1);

        Assert.Equal(2, _table.Count);
    }

    [Fact]
    public void One_result_beyond_every_bound_does_not_end_its_own_session()
    {
        var other = Registered();
        var ann = Registered();
        _machine.ResultBytes = (int)SessionTable.AllResultBytesMax + 1;

        Assert.Equal(CommandStatus.Done, Send(ann, 1));

        // Nor one that holds nothing, which would free nothing.
        Assert.Equal(2, _table.Count);
        Assert.Equal(CommandStatus.Done, Send(ann, 1));
        _machine.ResultBytes = 0;
        Assert.Equal(CommandStatus.Done, Send(other, 1));
    }

    private SessionId Registered() => _table.Register(new LogIndex(++_index));

    private void Tick(int time)
    {
        var bytes = ClockTick.Encode(TimeSpan.FromMilliseconds(time), TimeSpan.FromMilliseconds(10), []);
        Assert.True(ClockTick.TryDecode(bytes, out var tick));
        _table.Tick(tick);
    }

    private CommandStatus Send(SessionId session, long number, long acknowledged = 0, SessionTable? table = null)
    {
        var bytes = CommandBatch.Encode(
            session, new SequenceNumber(acknowledged), [new Command(new SequenceNumber(number), default)]);
        Assert.True(CommandBatch.TryDecode(bytes, out var batch));
        return Assert.Single((table ?? _table).Execute(new LogIndex(++_index), batch, _machine)).Status;
    }

    /// <summary>Its results share one array, so that the tests need not have the memory that they fill.</summary>
    private sealed class Generous : IStateMachine
    {
        private byte[] _bytes = [];

        public int ResultBytes { get; set; }

        public int Applied { get; private set; }

        public ReadOnlyMemory<byte> Apply(in CommittedCommand command)
        {
            Applied++;
            if (_bytes.Length < ResultBytes) _bytes = GC.AllocateUninitializedArray<byte>(ResultBytes);
            return _bytes.AsMemory(0, ResultBytes);
        }

        public ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query) => default;

        public ISnapshotSource CaptureSnapshot() => throw new NotSupportedException();

        public void Restore(Stream snapshot) => throw new NotSupportedException();
    }
}
