using Akka.Event;
using RaftAkka.Log;
using RaftAkka.Machine;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Snapshots;
using RaftAkka.Tests.Server.Cast;
using Xunit;
using static RaftAkka.Tests.Server.Cast.Logs;

namespace RaftAkka.Tests.Server;

/// <summary>
/// What other servers send, and what is sent under their names: every type of message, to every role. A message that does
/// not count, or cannot be, changes nothing and leaves at most one warning.
/// </summary>
public sealed class AdmissionTests : ServerStory
{
    internal static readonly DiskId SamsDisk = new(11);

    private static readonly DiskId[] Disks = [new(21), new(31), new(41)];
    private static readonly Term[] ImpossibleTerms = [new(Headroom.TermMax + 1), new(Headroom.TermJumpMax + 7), new(1L << 60)];

    [Fact]
    public void Every_type_of_message_has_its_lies()
    {
        Assert.Equal(PeerLies.Types, PeerLies.Impossible.Keys.OrderBy(type => type.Name, StringComparer.Ordinal));
        Assert.All(PeerLies.Types, type => Assert.IsType(type, PeerLies.Plain(type, HeaderOf(Ann.Id, 5, default))));
    }

    [Theory, MemberData(nameof(Roles))]
    public void A_stranger_changes_nothing(ServerRole role) =>
        ChangesNothing(role, header => header with { Sender = new ServerId("zoe") }, mayBeAsked: true);

    // What a member is sent would go there, and the member get nothing, if its word counted.
    [Theory, MemberData(nameof(Roles))]
    public void A_member_that_sends_from_another_address_changes_nothing(ServerRole role) =>
        ChangesNothing(role, header => header with { Sender = Bea.Id, Disk = Bea.Disk }, from: Tim, mayBeAsked: true);

    [Theory, MemberData(nameof(Roles))]
    public void A_member_with_another_disk_changes_nothing(ServerRole role) =>
        ChangesNothing(role, header => header with { Sender = Bea.Id, Disk = new DiskId(99) }, from: Bea);

    [Theory, MemberData(nameof(Roles))]
    public void A_member_that_names_no_disk_changes_nothing_where_its_disk_is_known(ServerRole role) =>
        ChangesNothing(role, header => header with { Sender = Bea.Id, Disk = DiskId.Unknown }, from: Bea);

    [Theory, MemberData(nameof(Roles))]
    public void A_message_whose_fields_cannot_be_changes_nothing(ServerRole role)
    {
        var before = Is(role);
        foreach (var type in PeerLies.Types)
            foreach (var term in new[] { before.Term, before.Term + 1 })
                foreach (var lie in PeerLies.Impossible[type](HeaderOf(Cid.Id, term, Cid.Disk)))
                    Tells(Cid, lie, before);
    }

    [Theory, MemberData(nameof(Roles))]
    public void A_term_that_no_cluster_gets_to_is_not_entered(ServerRole role)
    {
        var before = Is(role);
        foreach (var type in PeerLies.Types)
            foreach (var term in ImpossibleTerms)
                Tells(Cid, PeerLies.Plain(type, HeaderOf(Cid.Id, 5, Cid.Disk) with { Term = term }), before);
    }

    [Theory]
    [InlineData(ServerRole.Follower)]
    [InlineData(ServerRole.Leader)]
    public void Nobody_else_leads_the_term_of_a_leader_that_is_known(ServerRole role)
    {
        var before = Is(role);
        foreach (var type in new[] { typeof(AppendEntries), typeof(InstallSnapshot), typeof(TimeoutNow), typeof(ReadIndexReply) })
            Tells(Cid, PeerLies.Plain(type, HeaderOf(Cid.Id, before.Term, Cid.Disk)), before);
    }

    [Fact]
    public void A_leader_takes_no_answer_to_what_it_did_not_send()
    {
        var before = Is(ServerRole.Leader);

        Tells(Cid, new AppendAccepted(HeaderOf(Cid.Id, before.Term, Cid.Disk), At(99), default), before);
        Tells(Cid, new AppendAccepted(HeaderOf(Cid.Id, before.Term, Cid.Disk), At(2), new ReadRound(7)), before);
        Tells(Cid, new AppendRejected(HeaderOf(Cid.Id, before.Term, Cid.Disk), Id(9, 5), Id(3, 0), default), before);
        Tells(Cid, new AppendRejected(HeaderOf(Cid.Id, before.Term, Cid.Disk), Id(2, 5), Id(2, 0), new ReadRound(7)), before);
    }

    // Members that lie in whatever they send: terms and places are wrong, payloads are malformed, two lead a term. The
    // server may follow them anywhere that a real cluster could go; it must not stop over a broken invariant.
    [Theory, MemberData(nameof(Seeds))]
    public void Members_that_say_anything_break_no_invariant(ServerRole role, int seed)
    {
        Is(role);
        var dice = new Random(seed);
        var types = PeerLies.Types.Where(type => type != typeof(RemovalNotice)).ToArray();
        for (var turn = 0; turn < 150; turn++)
        {
            var peer = Peers[dice.Next(Peers.Count)];
            var term = Math.Max(0, (int)Status().View.Term.Value + dice.Next(-1, 2));
            peer.Says(PeerLies.Any(types[dice.Next(types.Length)], HeaderOf(peer.Id, term, peer.Disk), dice));
            if (dice.Next(3) == 0) TheRestWorks();
            if (dice.Next(10) == 0) Wait(dice.Next(600));
            NothingFailed();
        }
    }

    public static TheoryData<ServerRole> Roles() =>
        [ServerRole.Follower, ServerRole.PreCandidate, ServerRole.Candidate, ServerRole.Leader];

    public static TheoryData<ServerRole, int> Seeds()
    {
        var data = new TheoryData<ServerRole, int>();
        foreach (var role in new[] { ServerRole.Follower, ServerRole.PreCandidate, ServerRole.Candidate, ServerRole.Leader })
            for (var seed = 0; seed < 12; seed++) data.Add(role, seed);
        return data;
    }

    private void ChangesNothing(
        ServerRole role, Func<MessageHeader, MessageHeader> forge, Listener? from = null, bool mayBeAsked = false)
    {
        var before = Is(role);
        foreach (var type in PeerLies.Types)
            foreach (var term in new[] { before.Term - 1, before.Term, before.Term + 1, before.Term + 1000 })
                Tells(from ?? Clem, PeerLies.Plain(type, forge(HeaderOf(Bea.Id, term, default))), before, mayBeAsked);
    }

    private void Tells(Listener from, IPeerMessage message, State before, bool mayBeAsked = false)
    {
        var warnings = CreateTestProbe();
        Sys.EventStream.Subscribe(warnings.Ref, typeof(Warning));
        from.Says(message);
        Sys.EventStream.Unsubscribe(warnings.Ref);

        NothingFailed();
        var asked = Peers.SelectMany(peer => peer.HearsAll()).ToArray();
        Assert.All(asked, heard => Assert.True(
            heard is DiskRefused or RemovalNotice || (mayBeAsked && heard is AskConfiguration), $"{message} is answered by {heard}"));
        Assert.True(Disk.HearsAll() is { Count: 0 }, $"{message} leads to a write");
        Assert.True(Transfers.HearsAll() is { Count: 0 } && Machine.HearsAll() is { Count: 0 }, $"{message} is passed on");
        Assert.True(before == Seen(), $"{message} makes of {before} {Seen()}");
        warnings.ReceiveOne(TimeSpan.Zero);
        Assert.True(warnings.ReceiveOne(TimeSpan.Zero) is null, $"{message} leads to two warnings");
    }

    // The disk, the machine and those who receive snapshots do what they are told.
    private void TheRestWorks()
    {
        foreach (var told in Transfers.HearsAll())
            if (told is ReceiveChunk { Chunk: var chunk } && chunk.Offset == 0)
                Transfers.Says(new SnapshotReceived(new StoredSnapshot(
                    new SnapshotHead(chunk.Last, ConfigurationCodec.Encode(OfAll())), chunk.Bytes, chunk.Checksum)));
        Disk.CatchesUp();
        foreach (var told in Machine.HearsAll())
        {
            if (told is ApplyEntries apply) Machine.Says(new Applied(apply.Entries.Last.Index));
            if (told is RestoreSnapshot restore) Machine.Says(new SnapshotRestored(restore.Snapshot.Last.Index));
        }
    }

    private Configuration OfAll() => Configuration.Of(
        Peers.Select(peer => new Member(peer.Id, peer.Address, Disk: peer.Disk)).Append(new Member(Sam, "sam:4053", Disk: SamsDisk)));

    /// <summary>
    /// Brings a server into a role, in term 5 or 6. It has two entries, both of term 5 and committed; the first says who
    /// belongs to the cluster, and on which disks.
    /// </summary>
    private State Is(ServerRole role)
    {
        foreach (var (peer, disk) in new[] { Ann, Bea, Cid }.Zip(Disks)) peer.Disk = disk;
        Starts(servers: 4);
        Disk.Hears<OpenLog>();
        var log = LogSlice.Of(OfMembers(1, 5, OfAll()), LogEntry.Create(Id(2, 5), EntryKind.NoOp, []));
        Disk.Says(Disk.Opened(5, vote: null, log, int.MaxValue) with
        {
            Disk = SamsDisk, Configurations = [(At(1), log.First.Payload)],
        });
        OpensSnapshots(newest: null);
        Ann.Beats(5, Id(2, 5), commit: 2);
        if (role != ServerRole.Follower) WaitUntil(ServerRole.PreCandidate);
        if (role is ServerRole.Candidate or ServerRole.Leader) GetsPreVotes();
        if (role == ServerRole.Leader) GetsVotes();
        Machine.HearsAll();
        ForgetAllThatWasSaid();
        Assert.Equal(role, Status().Role);
        return Seen();
    }

    private void GetsPreVotes()
    {
        foreach (var peer in Peers) peer.PreVotes(6, term: 5);
        Disk.CatchesUp();
    }

    private void GetsVotes()
    {
        foreach (var peer in Peers.Take(2)) peer.Votes(6);
        Disk.CatchesUp();
    }

    private State Seen()
    {
        var status = Status();
        Cora.Says(ReportMembers.Instance);
        return new State(
            status.Role, (int)status.View.Term.Value, status.View.Leader, status.LastIndex, status.CommitIndex,
            $"{Cora.Hears<MembersReport>().Members}");
    }

    private static MessageHeader HeaderOf(ServerId sender, int term, DiskId disk) =>
        new(Cluster, Group, sender, new Term(term)) { Disk = disk };

    private sealed record State(
        ServerRole Role, int Term, ServerId? Leader, LogIndex Last, LogIndex Committed, string Members);
}
