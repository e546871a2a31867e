using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>A server whose own disk is full, slow or hangs: its memory stays bounded, and it lets others lead.</summary>
public sealed class DiskTroubleTests : ServerStory
{
    private const int Large = 64 * 1024;

    [Fact]
    public void A_leader_whose_disk_hangs_is_busy_once_so_many_bytes_wait_for_it()
    {
        Settings = Settings with { UnsyncedBytesMax = 256 * 1024 };
        LeadsInHarmony(term: 5);
        for (var batch = 1; batch <= 10; batch++)
        {
            Cora.Proposes(batch, new string('x', Large));
            Ann.Accepts(5, batch + 1);   // Committed and applied without the leader's own disk.
            foreach (var apply in Machine.HearsAll().OfType<RaftAkka.Machine.ApplyEntries>())
                Machine.Says(new Applied(apply.Entries.Last.Index));
        }

        Assert.True(Disk.HearsAll().OfType<WriteLog>().Sum(write => write.Entries.RecordBytes) <= 256 * 1024 + 2 * Large);
        var refused = Cora.HearsAll().OfType<ProposalRefused>().First();
        Assert.Equal(RefusalReason.Busy, refused.Reason);
        Assert.Contains("unsynced-bytes-max", refused.Facts, StringComparison.Ordinal);
    }

    [Fact]
    public void What_its_disk_has_written_makes_room_again()
    {
        Settings = Settings with { UnsyncedBytesMax = 64 * 1024 };
        LeadsInHarmony(term: 5);
        Cora.Proposes(1, new string('x', Large));
        Cora.Proposes(2);
        Assert.Equal((2, RefusalReason.Busy), Refusal(Cora.Hears<ProposalRefused>()));

        Disk.CatchesUp();
        Cora.Proposes(3);

        Cora.HearsNothing();
    }

    [Fact]
    public void A_follower_whose_disk_hangs_takes_no_more_entries_than_so_many_bytes_and_goes_on_once_they_are_written()
    {
        Settings = Settings with { UnsyncedBytesMax = 64 * 1024 };
        FollowsAnn(term: 5, log: [5]);
        Ann.Appends(5, Id(1, 5), LogSlice.Of(Entry(2, 5, new string('x', Large))));
        Disk.Takes();

        Ann.Appends(5, Id(2, 5), LogSlice.Of(Entry(3, 5, "more")));
        Disk.HearsNothing();
        Assert.Equal(At(0), Ann.Hears<AppendAccepted>().Matched);   // It lives, and proves nothing new.

        // What comes behind the entries that were dropped is a gap. To name it would bring all of them again.
        Ann.Beats(5, Id(3, 5));
        Assert.DoesNotContain(Ann.HearsAll(), message => message is AppendRejected);

        Disk.CatchesUp();
        Ann.HearsAll();
        Ann.Beats(5, Id(3, 5));
        Assert.Equal(At(3), Ann.Hears<AppendRejected>().Conflict.Index);
    }

    [Fact]
    public void However_long_its_disk_stalls_a_follower_answers_for_each_write_once_when_it_is_back()
    {
        FollowsAnn(term: 5, log: [5]);
        Ann.Appends(5, Id(1, 5), Entries(2, 5));
        for (var round = 1; round <= 5000; round++)
        {
            Ann.Beats(5, Id(2, 5));
            Ann.Appends(5, Id(2, 5), LogSlice.Empty, round: round);
            Ann.HearsAll();   // At once, what is durable already.
        }

        Disk.CatchesUp();

        var accepted = Assert.IsType<AppendAccepted>(Assert.Single(Ann.HearsAll()));
        Assert.Equal((At(2), new ReadRound(5000)), (accepted.Matched, accepted.Round));
    }

    [Fact]
    public void A_leader_whose_disk_is_full_hands_over_to_a_voter_that_has_what_it_could_not_write()
    {
        LeadsInHarmony(term: 5);
        FillsUp();
        Bea.Accepts(5, 2);   // Ann's disk did not take the entry either, as far as the leader knows.

        Wait(60);

        Assert.Contains(Bea.HearsAll(), message => message is TimeoutNow);
        Assert.DoesNotContain(Ann.HearsAll(), message => message is TimeoutNow);
    }

    [Fact]
    public void A_leader_whose_write_is_not_done_within_an_election_timeout_hands_over()
    {
        LeadsInHarmony(term: 5);
        Cora.Proposes(1);
        for (var time = 0; time <= 600; time += 50)
        {
            Ann.Accepts(5, 2);
            Wait(50);
        }

        Assert.Contains(Ann.HearsAll(), message => message is TimeoutNow);
        Assert.Equal(DiskState.Slow, Status().Disk);
    }

    [Fact]
    public void A_slow_write_that_is_done_in_time_changes_nothing()
    {
        LeadsInHarmony(term: 5);
        Cora.Proposes(1);
        for (var time = 0; time < 400; time += 50)
        {
            Ann.Accepts(5, 2);
            Wait(50);
        }

        Disk.CatchesUp();
        Ann.Accepts(5, 2);
        Wait(200);

        Assert.DoesNotContain(Ann.HearsAll(), message => message is TimeoutNow);
        Assert.Equal(DiskState.Healthy, Status().Disk);
    }

    // As where all disks are full: nobody has the entry, and the term does not climb.
    [Fact]
    public void Where_nobody_can_take_over_the_leader_goes_on_leading_as_well_as_it_can()
    {
        LeadsInHarmony(term: 5);
        FillsUp();

        for (var time = 0; time < 10_000; time += 100)
        {
            Ann.Accepts(5, 1);
            Bea.Accepts(5, 1);
            Wait(100);
        }

        Assert.DoesNotContain(Ann.HearsAll().Concat(Bea.HearsAll()), message => message is TimeoutNow);
        Assert.Equal((ServerRole.Leader, 5), Role());
    }

    [Fact]
    public void A_hand_over_of_which_nothing_comes_is_tried_again_after_growing_pauses()
    {
        LeadsInHarmony(term: 5);
        FillsUp();

        for (var time = 0; time < 20_000; time += 50)
        {
            Ann.Accepts(5, 2);
            Wait(50);
        }

        Assert.InRange(Ann.HearsAll().Count(message => message is TimeoutNow), 2, 6);
        Assert.Equal((ServerRole.Leader, 5), Role());
    }

    [Fact]
    public void A_server_with_a_full_disk_grants_no_pre_vote_and_does_not_stand()
    {
        Follows(term: 5, log: [5]);
        Disk.Says(new LogOutOfSpace("0 bytes are left"));

        Ann.AsksForPreVote(6, Id(9, 5));
        Assert.False(Ann.Hears<PreVoteReply>().Granted);
        Wait(10_000);

        Assert.Equal((ServerRole.Follower, 5), Role());
        Ann.HearsNothing();
    }

    [Fact]
    public void It_stands_again_when_its_disk_has_space()
    {
        Follows(term: 5, log: [5]);
        Disk.Says(new LogOutOfSpace("0 bytes are left"));
        Wait(2_000);

        Disk.Says(new LogHasSpace());

        WaitUntil(ServerRole.PreCandidate);
    }

    [Fact]
    public void A_candidate_whose_vote_for_itself_is_not_stored_in_time_stands_back()
    {
        AsksForPreVotes(term: 5);
        Ann.PreVotes(6);
        Assert.Equal((ServerRole.Candidate, 6), Role());

        Wait(10_000);

        Assert.Equal((ServerRole.Follower, 6), Role());
    }

    [Fact]
    public void It_is_not_handed_leadership_while_its_disk_is_full()
    {
        FollowsAnn(term: 5, log: [5]);
        Disk.Says(new LogOutOfSpace("0 bytes are left"));

        Ann.TellsToCampaign(5);

        Assert.Equal((ServerRole.Follower, 5), Role());
    }

    [Fact]
    public void The_status_says_what_is_wrong()
    {
        LeadsInHarmony(term: 5);
        Assert.Equal(DiskState.Healthy, Status().Disk);
        Assert.Empty(Status().Problems);

        Disk.Says(new LogOutOfSpace("0 bytes are left"));

        Assert.Equal(DiskState.Full, Status().Disk);
        Assert.Contains("0 bytes are left", Assert.Single(Status().Problems), StringComparison.Ordinal);
        Disk.Says(new LogHasSpace());
        Assert.Empty(Status().Problems);
    }

    private void FillsUp()
    {
        Cora.Proposes(1);
        Disk.Says(new LogOutOfSpace("0 bytes are left"));
        ForgetAllThatWasSaid();
    }
}
