using RaftAkka.Client;
using RaftAkka.Protocol;
using Xunit;

namespace RaftAkka.Tests.Client;

public sealed class DeadlineWheelTests
{
    private static readonly TimeSpan Start = TimeSpan.FromHours(3);

    private readonly DeadlineWheel _wheel = new(Start);

    [Theory]
    [InlineData(1)]
    [InlineData(19)]
    [InlineData(20)]
    [InlineData(1001)]
    [InlineData(90_000)]   // Several turns of the ring.
    public void A_call_is_due_after_its_deadline_and_at_most_one_tick_later(int milliseconds)
    {
        var call = Add(milliseconds);
        var passed = 0;
        while (Due(passed).Count == 0) passed++;

        Assert.InRange(passed, milliseconds, milliseconds + DeadlineWheel.Tick.TotalMilliseconds);
        Assert.Equal(DeadlineWheel.NoSlot, call.Slot);
    }

    [Fact]
    public void A_removed_call_is_never_due()
    {
        var calls = new[] { Add(100), Add(100), Add(100) };
        _wheel.Remove(calls[1]);
        _wheel.Remove(calls[1]);   // Twice is once.

        Assert.Equal([calls[2], calls[0]], Due(200));
    }

    [Fact]
    public void After_a_long_silence_every_due_call_is_found_once()
    {
        var calls = Enumerable.Range(1, 3000).Select(i => Add(i * 10)).ToHashSet();
        var due = Due(30_000);
        Assert.Equal(calls, due.ToHashSet());
        Assert.Equal(3000, due.Count);
        Assert.Empty(Due(60_000));
    }

    [Fact]
    public void A_deadline_in_the_past_is_due_at_the_next_tick()
    {
        Due(500);
        Add(-5);
        Assert.Single(Due(520));
    }

    private ClientCall Add(int milliseconds)
    {
        var call = new ClientCall(ClientCallKind.Query, default, default)
        {
            Deadline = Start + TimeSpan.FromMilliseconds(milliseconds),
        };
        _wheel.Add(call);
        return call;
    }

    private List<ClientCall> Due(int milliseconds)
    {
        var due = new List<ClientCall>();
        _wheel.TakeDue(Start + TimeSpan.FromMilliseconds(milliseconds), due);
        return due;
    }
}

public sealed class OpenSessionTests
{
    private readonly OpenSession _session = new(new SessionId(5), span: 3);

    [Fact]
    public void What_is_finished_counts_as_acknowledged_up_to_the_first_gap()
    {
        for (var i = 0; i < 3; i++) _session.TakeNumber();
        _session.Finish(3);
        _session.Finish(2);
        Assert.Equal(0, _session.Acknowledged.Value);

        _session.Finish(1);
        Assert.Equal(3, _session.Acknowledged.Value);
    }

    [Fact]
    public void Numbers_go_no_further_than_the_span_beyond_the_oldest_unfinished_one()
    {
        for (var i = 0; i < 3; i++) _session.TakeNumber();
        _session.Finish(2);
        _session.Finish(3);
        Assert.False(_session.HasRoom);

        _session.Finish(1);
        Assert.True(_session.HasRoom);
        Assert.Equal(4, _session.TakeNumber());
        Assert.Equal(3, _session.Acknowledged.Value);   // Its slot was another number's before.
    }
}

public sealed class ClusterMapTests
{
    private static readonly ServerId A = new("a"), B = new("b");

    private readonly ClusterMap _map = new(["seed:1"]);

    [Fact]
    public void A_leader_of_a_later_term_replaces_one_of_an_earlier_term()
    {
        Assert.True(_map.Learn(View(3, A), B));
        Assert.False(_map.Learn(View(2, B), B));
        Assert.Equal(A, _map.Leader);
        Assert.True(_map.Learn(View(4, B), A));
        Assert.Equal(B, _map.Leader);
    }

    // No term of one cluster has two leaders: this is another cluster, set up under the same name.
    [Fact]
    public void A_leader_that_names_another_one_of_its_own_term_is_believed()
    {
        _map.Learn(View(1, A), A);

        Assert.True(_map.Learn(View(1, B), A));
        Assert.Equal(B, _map.Leader);
    }

    // A cluster that was set up anew begins with low terms; or it is an old word of the leader, whose own claim follows.
    [Fact]
    public void A_leader_that_names_one_of_an_earlier_term_leads_only_if_it_says_so_again()
    {
        _map.Learn(View(3, A), A);

        Assert.False(_map.Learn(View(2, B), A));
        Assert.Null(_map.Leader);

        Assert.True(_map.Learn(View(3, A), A));
        Assert.Equal(A, _map.Leader);
    }

    [Fact]
    public void Only_the_leader_itself_can_deny_that_it_leads()
    {
        _map.Learn(View(3, A), B);
        _map.Learn(View(4, null), B);
        Assert.Equal(A, _map.Leader);

        _map.Learn(View(2, null), A);   // From before its election.
        Assert.Equal(A, _map.Leader);

        _map.Learn(View(4, null), A);
        Assert.Null(_map.Leader);
    }

    [Fact]
    public void After_its_denial_only_its_own_word_makes_it_leader_of_that_term_again()
    {
        _map.Learn(View(3, A), B);
        _map.Learn(View(3, null), A);
        Assert.False(_map.Learn(View(3, A), B));
        Assert.Null(_map.Leader);

        Assert.True(_map.Learn(View(3, A), A));   // The denial was older, and overtaken.
        Assert.Equal(A, _map.Leader);
    }

    [Fact]
    public void The_members_of_the_latest_term_replace_the_seeds_which_are_kept_for_bad_times()
    {
        Assert.Equal(["seed:1"], _map.Addresses);
        _map.Learn(new ClusterView(new Term(2), null, [new MemberAddress(A, "a:1")]), A);
        _map.Learn(new ClusterView(new Term(1), null, [new MemberAddress(B, "b:1")]), B);

        Assert.Equal(["a:1"], _map.Addresses);
        Assert.Equal(["a:1", "seed:1"], _map.AllAddresses);
        Assert.Equal("a:1", _map.AddressOf(A));
        Assert.Null(_map.AddressOf(B));
    }

    [Fact]
    public void A_server_that_is_behind_does_not_bring_back_members_that_have_left()
    {
        _map.Learn(Members(term: 2, index: 7, leader: null, "b:1"), A);
        _map.Learn(Members(term: 3, index: 6, leader: B, "a:1"), A);

        Assert.Equal(["b:1"], _map.Addresses);
    }

    [Fact]
    public void A_leader_takes_back_a_change_that_came_to_nothing()
    {
        _map.Learn(Members(term: 2, index: 7, leader: null, "b:1"), A);
        _map.Learn(Members(term: 3, index: 6, leader: B, "a:1"), B);

        Assert.Equal(["a:1"], _map.Addresses);
    }

    [Fact]
    public void Nor_does_an_old_leader_bring_back_members()
    {
        _map.Learn(Members(term: 3, index: 7, leader: null, "b:1"), A);
        _map.Learn(Members(term: 2, index: 6, leader: B, "a:1"), B);

        Assert.Equal(["b:1"], _map.Addresses);
    }

    private static ClusterView View(int term, ServerId? leader) => new(new Term(term), leader, []);

    private static ClusterView Members(int term, int index, ServerId? leader, string address) =>
        new(new Term(term), leader, [new MemberAddress(A, address)]) { MembersIndex = new(index) };
}
