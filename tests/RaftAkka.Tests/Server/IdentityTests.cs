using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>A server is its id together with its disk.</summary>
public sealed class IdentityTests : ServerStory
{
    private static readonly DiskId SamsDisk = new(11);
    private static readonly DiskId AnnsDisk = new(21);
    private static readonly DiskId BeasDisk = new(31);
    private static readonly DiskId NewDisk = new(99);

    public IdentityTests() => (Ann.Disk, Bea.Disk) = (AnnsDisk, BeasDisk);

    [Fact]
    public void A_log_that_is_made_anew_gets_a_name_for_its_disk_that_no_other_start_gave()
    {
        Starts();

        Assert.Equal(new DiskId(Incarnation), Disk.Hears<OpenLog>().NewDisk);
    }

    [Fact]
    public void Its_messages_say_which_disk_it_speaks_from()
    {
        BelongsToAnOldCluster();

        WaitUntil(ServerRole.PreCandidate);

        Assert.Equal(SamsDisk, Ann.Hears<RequestPreVote>().Header.Disk);
    }

    [Fact]
    public void A_new_cluster_is_founded_with_the_word_of_all_and_not_of_a_majority()
    {
        IsNew();
        WaitUntil(ServerRole.PreCandidate);
        Ann.PreVotes(1);
        Assert.Equal(ServerRole.PreCandidate, Role().Role);
        Bea.PreVotes(1);
        Disk.CatchesUp();

        Ann.Votes(1);
        Assert.Equal(ServerRole.Candidate, Role().Role);
        Bea.Votes(1);

        Assert.Equal(ServerRole.Leader, Role().Role);
    }

    [Fact]
    public void Servers_that_were_restored_from_different_backups_found_no_cluster()
    {
        var backup = Snapshot(9, 4);
        Starts();
        Disk.Hears<OpenLog>();
        Disk.Says(Disk.Opened(4, vote: null, LogSlice.Empty, cached: 0, backup.Last) with { Disk = SamsDisk });
        OpensSnapshots(backup);
        Machine.Says(new SnapshotRestored(backup.Last.Index));
        Observer.HearsAll();

        Ann.Says(new RequestPreVote(Ann.Header(4), new Term(5), backup.Last) { RestoredFrom = backup.Checksum + 1 });
        Assert.False(Ann.Hears<PreVoteReply>().Granted);
        Ann.Says(new RequestPreVote(Ann.Header(4), new Term(5), backup.Last) { RestoredFrom = backup.Checksum });
        Assert.True(Ann.Hears<PreVoteReply>().Granted);
        Ann.Says(new RequestVote(Ann.Header(5), backup.Last) { RestoredFrom = backup.Checksum + 1 });
        Disk.CatchesUp();
        Assert.False(Ann.Hears<VoteReply>().Granted);

        WaitUntil(ServerRole.PreCandidate);
        Assert.Equal(backup.Checksum, Ann.Hears<RequestPreVote>().RestoredFrom);
    }

    [Fact]
    public void A_cluster_that_was_founded_does_not_ask_for_backups()
    {
        BelongsToAnOldCluster();

        WaitUntil(ServerRole.PreCandidate);

        Assert.Equal(0u, Ann.Hears<RequestPreVote>().RestoredFrom);
    }

    [Fact]
    public void The_first_entry_of_a_cluster_says_who_belongs_to_it_and_on_which_disks()
    {
        LeadsANewCluster();

        var first = Disk.Takes().Entries.First;

        Assert.Equal((Id(1, 1), EntryKind.Configuration), (first.Id, first.Kind));
        Assert.Equal([AnnsDisk, BeasDisk, SamsDisk], DisksIn(first));
    }

    [Fact]
    public void A_cluster_that_was_founded_elects_by_majority_and_goes_on_with_an_empty_entry()
    {
        Campaigns();
        Disk.CatchesUp();

        Ann.Votes(6);

        Assert.Equal(ServerRole.Leader, Role().Role);
        Assert.Equal(EntryKind.NoOp, Disk.Takes().Entries.First.Kind);
    }

    [Fact]
    public void A_vote_from_another_disk_does_not_count()
    {
        Campaigns();
        Disk.CatchesUp();
        Ann.Disk = NewDisk;

        Ann.Votes(6);

        Assert.Equal(ServerRole.Candidate, Role().Role);
    }

    [Fact]
    public void Nor_does_a_pre_vote()
    {
        BelongsToAnOldCluster();
        WaitUntil(ServerRole.PreCandidate);
        Ann.Disk = NewDisk;

        Ann.PreVotes(6, term: 5);

        Assert.Equal(ServerRole.PreCandidate, Role().Role);
    }

    [Fact]
    public void Nor_does_a_vote_of_a_member_whose_disk_nobody_has_heard_of_yet()
    {
        BelongsToAnOldCluster(ann: DiskId.Unknown);
        WaitUntil(ServerRole.PreCandidate);

        Ann.PreVotes(6, term: 5);

        Assert.Equal(ServerRole.PreCandidate, Role().Role);
    }

    [Fact]
    public void An_acknowledgement_from_another_disk_does_not_count_and_its_server_is_told_so()
    {
        LeadsAnOldCluster();
        Ann.Disk = NewDisk;

        Bea.Accepts(6, 2);   // Commits, and the configuration with it.
        Ann.HearsAll();
        var commit = Indexes().Commit;
        Cora.Proposes(1);
        Disk.CatchesUp();
        Ann.HearsAll();
        Ann.Accepts(6, 3);

        Assert.Equal(commit, Indexes().Commit);
        Assert.Equal(NewDisk, Ann.Hears<DiskRefused>().Disk);
    }

    [Fact]
    public void Nobody_is_refused_over_a_configuration_that_may_be_replaced_and_a_leader_of_another_disk_is_heard()
    {
        BelongsToAnOldCluster();   // Nothing is known to be committed.
        Ann.Disk = NewDisk;

        Ann.Votes(5);
        Ann.HearsNothing();
        Ann.Appends(5, Id(1, 5), Entries(2, 5));
        Disk.CatchesUp();

        Assert.Equal(At(2), Ann.Hears<AppendAccepted>().Matched);
    }

    [Fact]
    public void A_member_that_speaks_for_the_first_time_is_known_by_its_disk_from_then_on()
    {
        LeadsAnOldCluster(ann: DiskId.Unknown, voter: Bea);

        Ann.Accepts(6, 2);

        var entry = Disk.Takes().Entries.First;
        Assert.Equal(EntryKind.Configuration, entry.Kind);
        Assert.Equal([AnnsDisk, BeasDisk, SamsDisk], DisksIn(entry));
        Ann.Accepts(6, 2);
        Disk.HearsNothing();
    }

    [Fact]
    public void A_server_that_is_refused_neither_votes_nor_answers_nor_campaigns()
    {
        BelongsToAnOldCluster();
        Bea.Refuses(5, SamsDisk);

        Ann.AsksForVote(7, Id(9, 6));
        Ann.Appends(5, Id(1, 5), Entries(2, 5));
        Wait(2000);

        Ann.HearsNothing();
        Disk.HearsNothing();
        Assert.Equal((ServerRole.Follower, 5), Role());
    }

    [Fact]
    public void A_candidate_that_is_refused_gives_up()
    {
        Campaigns();

        Bea.Refuses(5, SamsDisk);

        Assert.Equal(ServerRole.Follower, Role().Role);
    }

    [Fact]
    public void A_refusal_of_a_disk_that_is_gone_says_nothing()
    {
        BelongsToAnOldCluster();
        Bea.Refuses(5, NewDisk);

        WaitUntil(ServerRole.PreCandidate);
    }

    [Fact]
    public void A_server_whose_disk_is_not_the_one_that_its_log_names_does_not_campaign()
    {
        BelongsToAnOldCluster(sam: NewDisk);

        Wait(2000);

        Assert.Equal(ServerRole.Follower, Role().Role);
    }

    private void IsNew()
    {
        Starts();
        Disk.Hears<OpenLog>();
        Disk.Says(Disk.Opened(0, vote: null, LogSlice.Empty, cached: 0) with { Disk = SamsDisk });
        OpensSnapshots(newest: null);
        Observer.HearsAll();
    }

    private void LeadsANewCluster()
    {
        IsNew();
        WaitUntil(ServerRole.PreCandidate);
        Ann.PreVotes(1);
        Bea.PreVotes(1);
        Disk.CatchesUp();
        Ann.Votes(1);
        Bea.Votes(1);
    }

    /// <summary>Term 5; the only entry says who belongs to the cluster.</summary>
    private void BelongsToAnOldCluster(DiskId? ann = null, DiskId? sam = null)
    {
        Starts();
        Disk.Hears<OpenLog>();
        var members = Configuration.Of(
        [
            new Member(Ann.Id, "ann:4053", Disk: ann ?? AnnsDisk), new Member(Bea.Id, "bea:4053", Disk: BeasDisk),
            new Member(Sam, "sam:4053", Disk: sam ?? SamsDisk),
        ]);
        var entry = LogEntry.Create(Id(1, 5), EntryKind.Configuration, ConfigurationCodec.Encode(members));
        Disk.Says(Disk.Opened(5, vote: null, LogSlice.Of(entry), int.MaxValue) with
        {
            Disk = SamsDisk, Configurations = [(At(1), entry.Payload)],
        });
        OpensSnapshots(newest: null);
        Observer.HearsAll();
    }

    private void Campaigns()
    {
        BelongsToAnOldCluster();
        WaitUntil(ServerRole.PreCandidate);
        Bea.PreVotes(6, term: 5);
        Assert.Equal((ServerRole.Candidate, 6), Role());
    }

    private void LeadsAnOldCluster(DiskId? ann = null, Peer? voter = null)
    {
        BelongsToAnOldCluster(ann);
        WaitUntil(ServerRole.PreCandidate);
        (voter ?? Bea).PreVotes(6, term: 5);
        Disk.CatchesUp();
        (voter ?? Bea).Votes(6);
        Disk.CatchesUp();
        ForgetAllThatWasSaid();
        Assert.Equal((ServerRole.Leader, 6), Role());
    }

    private static IEnumerable<DiskId> DisksIn(LogEntry entry)
    {
        Assert.True(ConfigurationCodec.TryDecode(entry.Payload.Span, out var configuration));
        return configuration.Members.Select(member => member.Disk);
    }
}
