using RaftAkka.Log;
using RaftAkka.Machine;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

public sealed class ApplyingTests : ServerStory
{
    private static readonly string Large = new('x', 300 * 1024);

    [Fact]
    public void Committed_entries_that_have_left_memory_are_read_back_for_the_machine()
    {
        FollowsAnn(term: 5, log: [1, 1, 4, 5], commit: 4, cached: 1);

        var read = Disk.Hears<ReadLog>();
        Assert.Equal((At(1), At(4)), (read.From, read.To));
        Machine.HearsNothing();

        Disk.Returns(read, Entries(1, 1, 1));
        Assert.Equal([Id(1, 1), Id(2, 1)], MachineApplies().Entries.Ids());
        read = Disk.Hears<ReadLog>();
        Disk.Returns(read, Entries(3, 4));
        Assert.Equal([Id(3, 4)], MachineApplies().Entries.Ids());
        Assert.Equal([Id(4, 5)], MachineApplies().Entries.Ids());   // In memory.
        Assert.Equal((At(4), At(4), At(4)), Indexes());
    }

    [Theory]
    [InlineData(ServerRole.PreCandidate)]
    [InlineData(ServerRole.Candidate)]
    [InlineData(ServerRole.Leader)]
    public void What_was_read_back_reaches_the_machine_whatever_the_server_is_by_then(ServerRole role)
    {
        FollowsAnn(term: 5, log: [1, 5], commit: 2, cached: 0);
        var read = Disk.Hears<ReadLog>();

        WaitUntil(ServerRole.PreCandidate);
        if (role > ServerRole.PreCandidate)
        {
            Ann.PreVotes(proposed: 6);
            Disk.CatchesUp();
        }

        if (role > ServerRole.Candidate) Ann.Votes(term: 6);
        Assert.Equal(role, Role().Role);

        Disk.Returns(read, Entries(1, 1, 5));
        Assert.Equal([Id(1, 1), Id(2, 5)], MachineApplies().Entries.Ids());
        Assert.Equal(At(2), Status().AppliedIndex);
    }

    [Fact]
    public void The_machine_is_given_so_many_bytes_ahead_and_no_more()
    {
        FollowsAnn(term: 5);
        for (var index = 1; index <= 20; index++)
            Ann.Appends(term: 5, previous: Id(index - 1, index == 1 ? 0 : 5), LogSlice.Of(Entry(index, 5, Large)), commit: index);
        Assert.Equal(At(20), Status().CommitIndex);

        var given = Machine.HearsAll().Cast<ApplyEntries>().Sum(apply => apply.Entries.Count);
        Assert.Equal(14, given);   // 14 times 300 KiB is the first to pass 4 MiB.

        Machine.Says(new Applied(At(3)));
        Assert.Equal([Id(15, 5), Id(16, 5), Id(17, 5)],
            Machine.HearsAll().Cast<ApplyEntries>().SelectMany(apply => apply.Entries.Ids()));
    }

    [Fact]
    public void A_leader_whose_machine_is_behind_hands_waiters_over_with_their_entries()
    {
        LeadsInHarmony(term: 5);
        for (var batch = 1; batch <= 16; batch++) Cora.Proposes(batch, Large);
        Disk.CatchesUp();
        Ann.Accepts(term: 5, matched: 17);
        var given = Machine.HearsAll().Cast<ApplyEntries>().ToArray();
        Assert.Equal(Enumerable.Range(1, 14), given.SelectMany(apply => apply.Waiters).Select(waiter => (int)waiter.Batch));

        Machine.Says(new Applied(given[^1].Entries.Last.Index));

        given = [.. Machine.HearsAll().Cast<ApplyEntries>()];
        Assert.Equal([15, 16], given.SelectMany(apply => apply.Waiters).Select(waiter => (int)waiter.Batch));
    }

    [Fact]
    public void A_machine_that_applies_what_is_not_committed_stops_the_server()
    {
        FollowsAnn(term: 5, log: [5, 5], commit: 1);

        Machine.Says(new Applied(At(2)));

        StoppedOver("only what is committed is applied");
    }

    [Fact]
    public void A_machine_that_goes_back_stops_the_server()
    {
        FollowsAnn(term: 5, log: [5, 5], commit: 2);
        Machine.Says(new Applied(At(2)));

        Machine.Says(new Applied(At(1)));

        StoppedOver("the applied index never goes back");
    }

    [Fact]
    public void A_log_that_cannot_read_back_what_is_committed_stops_the_server()
    {
        FollowsAnn(term: 5, log: [5, 5], commit: 2, cached: 0);

        Disk.Returns(Disk.Hears<ReadLog>(), LogSlice.Empty);

        StoppedOver("committed entries can be read back");
    }
}
