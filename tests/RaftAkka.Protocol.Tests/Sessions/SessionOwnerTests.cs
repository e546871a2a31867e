using Xunit;

namespace RaftAkka.Protocol.Tests.Sessions;

/// <summary>When there are too many sessions, the owner that has the most gives one up: the same one on every server.</summary>
public sealed class SessionOwnerTests
{
    private static readonly SessionToken Token = new(7, 8);

    private readonly Sized _machine = new();
    private SessionTable _table = new();
    private int _index;

    [Fact]
    public void A_greedy_owner_pushes_out_its_own_sessions_and_nobody_elses()
    {
        var quiet = Open("10.0.0.1");   // Used least recently of all.
        var first = Open("10.0.0.9");
        for (var n = 0; n < 2 * SessionTable.SessionsMax; n++) Open("10.0.0.9");

        Assert.Equal(SessionTable.SessionsMax, _table.Count);
        Assert.True(_table.Contains(quiet));
        Assert.False(_table.Contains(first));
    }

    [Fact]
    public void Owners_with_as_many_sessions_give_up_the_one_used_least_recently()
    {
        var all = Enumerable.Range(0, SessionTable.SessionsMax).Select(n => Open($"h{n % 100}")).ToList();
        Use(all[0]);

        Open("new");

        Assert.True(_table.Contains(all[0]));
        Assert.False(_table.Contains(all[1]));
        Assert.All(all.Skip(2), session => Assert.True(_table.Contains(session)));
    }

    [Fact]
    public void Who_has_the_most_is_known_again_after_some_have_gone()
    {
        var greedy = Enumerable.Range(0, 6_000).Select(_ => Open("greedy")).ToList();
        var modest = Enumerable.Range(0, 4_000).Select(_ => Open("modest")).ToList();
        foreach (var session in greedy.Take(5_000)) _table.Close(session);
        for (var n = 0; n < 5_000; n++) Open($"h{n}");

        var last = Open("last");

        Assert.True(_table.Contains(last));
        Assert.False(_table.Contains(modest[0]));
        Assert.True(_table.Contains(greedy[5_000]));
    }

    [Fact]
    public void The_bytes_of_results_are_taken_from_the_owner_that_has_the_most()
    {
        var quiet = Open("10.0.0.1");
        Use(quiet, bytes: 1024);
        for (var n = 0; n < 40; n++) Use(Open("10.0.0.9"), SessionTable.ResultBytesMax);

        Assert.True(_table.Contains(quiet));
        Assert.InRange(_table.Count, 32, 33);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void A_restored_table_pushes_out_the_same_sessions_as_the_first_one(int seed)
    {
        var random = new Random(seed);
        var all = new List<SessionId>();
        for (var n = 0; n < SessionTable.SessionsMax + 50; n++) all.Add(Open($"h{random.Next(40)}"));
        foreach (var session in all.Where(_ => random.Next(3) == 0)) Use(session);

        var twin = SessionTable.Restore(new MemoryStream(Bytes(_table)));
        for (var n = 0; n < 200; n++)
        {
            var (index, owner) = (new LogIndex(++_index), $"h{random.Next(60)}");
            _table.Register(index, Token, owner);
            twin.Register(index, Token, owner);
        }

        Assert.Equal(Bytes(_table), Bytes(twin));
    }

    private SessionId Open(string owner) => _table.Register(new LogIndex(++_index), Token, owner);

    private void Use(SessionId session, int bytes = 0)
    {
        _machine.ResultBytes = bytes;
        Assert.True(CommandBatch.TryDecode(
            CommandBatch.Encode(session, default, [new Command(new SequenceNumber(1), default)]), out var batch));
        _table.Execute(new LogIndex(++_index), batch, _machine);
    }

    private static byte[] Bytes(SessionTable table)
    {
        using var capture = table.Capture();
        var stream = new MemoryStream();
        capture.WriteTo(stream);
        return stream.ToArray();
    }

    private sealed class Sized : IStateMachine
    {
        public int ResultBytes { get; set; }

        public ReadOnlyMemory<byte> Apply(in CommittedCommand command) => new byte[ResultBytes];

        public ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query) => default;

        public ISnapshotSource CaptureSnapshot() => throw new NotSupportedException();

        public void Restore(Stream snapshot) => throw new NotSupportedException();
    }
}
