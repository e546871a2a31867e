using RaftAkka.Log;
using RaftAkka.Operations;
using RaftAkka.Protocol;
using RaftAkka.Tests.Log;
using RaftAkka.Tests.Snapshots;
using Xunit;

namespace RaftAkka.Tests.Operations;

/// <summary>A survivor becomes a cluster of one server.</summary>
public sealed class LostQuorumTests : IDisposable
{
    private static readonly ServerId Ann = LogRig.Ann.Server;
    private static readonly ServerId Bea = new("bea");
    private static readonly ServerId Cid = new("cid");
    private static readonly LogSettings Small = new() { SegmentBytes = 4096 };
    private static readonly DiskId AnnsDisk = new(42);

    private readonly MemoryDisk _disk = new();

    public void Dispose() => _disk.Dispose();

    [Fact]
    public void The_survivor_is_the_only_voter_keeps_its_log_and_nobody_else_comes_back()
    {
        Write(new Member(Ann, "ann:1", Disk: AnnsDisk), new Member(Bea, "bea:1"), new Member(Cid, "cid:1"));

        var plan = Plan();
        LostQuorum.Run(_disk, plan, Small);

        Assert.Equal([Bea, Cid], plan.Gone);
        using var journal = Journal.Open(_disk, LogRig.Ann, Small);
        Assert.Equal(new EntryId(new Term(4), new LogIndex(3)), journal.Contents.Last);
        Assert.Equal(new HardState(new Term(4), null), journal.Contents.HardState);
        Assert.True(ConfigurationCodec.TryDecode(journal.Contents.Configurations[^1].Bytes.Span, out var members));
        Assert.Equal(new Member(Ann, "ann:1", Disk: AnnsDisk), Assert.Single(members.Members));
        Assert.Equal([Bea, Cid], members.Retired.AsEnumerable());
        Assert.False(members.IsJoint);
    }

    [Fact]
    public void It_may_be_reached_elsewhere_from_then_on()
    {
        Write(new Member(Ann, "ann:1"), new Member(Bea, "bea:1"));

        Assert.Equal("new:7", Plan("new:7").Members.Members[0].Address);
    }

    [Fact]
    public void A_learner_votes_from_then_on()
    {
        Write(new Member(Ann, "ann:1", MemberRole.Learner), new Member(Bea, "bea:1"));

        Assert.Equal(MemberRole.Voter, Plan().Members.Members[0].Role);
    }

    [Fact]
    public void A_log_that_names_no_members_needs_an_address()
    {
        Write();

        var refused = Assert.Throws<OperationRefusedException>(() => Plan());
        Assert.Contains("--address HOST:PORT", refused.Message, StringComparison.Ordinal);
        Assert.Equal(new Member(Ann, "ann:9", Disk: AnnsDisk), Assert.Single(Plan("ann:9").Members.Members));
    }

    [Fact]
    public void A_server_that_has_left_is_the_wrong_one()
    {
        Write(Configuration.Of([new Member(Bea, "bea:1")], [Ann]));

        var refused = Assert.Throws<OperationRefusedException>(() => Plan());

        Assert.Contains("ann has left the cluster", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_data_and_no_data_are_refused()
    {
        Assert.Throws<OperationRefusedException>(() => Plan());

        Write(new Member(Ann, "ann:1"), new Member(Bea, "bea:1"));
        _disk.Bytes("00000001.seg")[600] ^= 1;
        Assert.Contains("damaged", Assert.Throws<OperationRefusedException>(() => Plan()).Message, StringComparison.Ordinal);
    }

    // A follower died between the rename of a snapshot that it received and its log's beginning behind it.
    [Fact]
    public void A_snapshot_that_the_log_does_not_reach_is_what_the_survivor_has()
    {
        Write(new Member(Ann, "ann:1", Disk: AnnsDisk), new Member(Bea, "bea:1"));
        var rig = SnapshotRig.Opened();
        var inSnapshot = Configuration.Of([new Member(Ann, "ann:7", Disk: AnnsDisk), new Member(Cid, "cid:1")]);
        rig.Write(800, configuration: ConfigurationCodec.Encode(inSnapshot).ToArray());
        var last = SnapshotRig.Last(800);

        var report = DataDirectory.Inspect(_disk.AfterKill(), rig.Disk.AfterKill());
        var plan = LostQuorum.Plan(report, address: null);
        LostQuorum.Run(_disk, plan, Small);

        Assert.Equal((last, new EntryId(new Term(3), new LogIndex(2))), (report.Last, report.LogLast));
        Assert.Equal([Cid], plan.Gone);
        Assert.Equal("ann:7", plan.Members.Members[0].Address);
        using var journal = Journal.Open(_disk.AfterKill(), LogRig.Ann, Small);
        Assert.Equal(last, journal.Contents.Base);
        Assert.Equal(new EntryId(last.Term.Next, last.Index.Next), journal.Contents.Last);
        var after = DataDirectory.Inspect(_disk.AfterKill(), rig.Disk.AfterKill());
        Assert.Equal((DataVerdict.Sound, journal.Contents.Last, null), (after.Verdict, after.Last, after.SnapshotBeyondLog));
        Assert.Equal(plan.Members.ToString(), after.Members!.ToString());
    }

    [Fact]
    public void Nothing_is_changed_where_a_node_ran_meanwhile()
    {
        Write(new Member(Ann, "ann:1"), new Member(Bea, "bea:1"));
        var plan = Plan();
        using (var journal = Journal.Open(_disk, LogRig.Ann, Small))
        {
            journal.Append(LogRig.State(9));
            journal.Sync();
            journal.Finish();
        }

        Assert.Throws<OperationRefusedException>(() => LostQuorum.Run(_disk, plan, Small));

        using var after = Journal.Open(_disk, LogRig.Ann, Small);
        Assert.Equal(new LogIndex(2), after.Contents.Last.Index);
    }

    private LostQuorumPlan Plan(string? address = null) =>
        LostQuorum.Plan(DataDirectory.Inspect(_disk.AfterKill(), snapshots: null), address);

    private void Write(params Member[] members) =>
        Write(members.Length == 0 ? null : Configuration.Of(members));

    /// <summary>Two entries of term 3, the first with the configuration.</summary>
    private void Write(Configuration? members)
    {
        using var journal = Journal.Open(_disk, LogRig.Ann, Small, AnnsDisk);
        journal.Append(LogRig.State(3, "bea"));
        journal.Append(members is null
            ? LogRig.Entry(1, 3)
            : LogEntry.Create(
                new EntryId(new Term(3), new LogIndex(1)), EntryKind.Configuration, ConfigurationCodec.Encode(members)));
        journal.Append(LogRig.Entry(2, 3));
        journal.Sync();
        journal.Finish();
    }
}
