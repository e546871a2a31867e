using Akka.Actor;
using Akka.TestKit;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Tests.Server.Cast;

/// <summary>Another server of the group, played by the test.</summary>
internal sealed class Peer(ServerId id, TestProbe probe, Func<IActorRef> server) : Listener(probe, server)
{
    public ServerId Id => id;

    /// <summary>Where it is, and sends from.</summary>
    public string Address { get; set; } = $"{id}:4053";

    /// <summary>The disk that it speaks from; none where its log is older than the names of disks.</summary>
    public DiskId Disk { get; set; }

    public void AsksForPreVote(int proposed, EntryId last, int? term = null) =>
        Says(new RequestPreVote(Header(term ?? proposed - 1), new Term(proposed), last));

    public void PreVotes(int proposed, bool granted = true, int? term = null) =>
        Says(new PreVoteReply(Header(term ?? proposed - 1), new Term(proposed), granted));

    public void AsksForVote(int term, EntryId last, bool isTransfer = false) =>
        Says(new RequestVote(Header(term), last) { IsTransfer = isTransfer });

    public void TellsToCampaign(int term) => Says(new TimeoutNow(Header(term)));

    public void Votes(int term, bool granted = true) => Says(new VoteReply(Header(term), granted));

    /// <summary>A heartbeat.</summary>
    public void Beats(int term, EntryId previous, int commit = 0) => Appends(term, previous, LogSlice.Empty, commit);

    public void Announces(int term, EntryId previous, int commit) =>
        Says(new AppendEntries(Header(term), previous, LogSlice.Empty, new LogIndex(commit), ReadRound.None)
        {
            IsAnnouncement = true,
        });

    public void Appends(int term, EntryId previous, LogSlice entries, int commit = 0, int round = 0) =>
        Says(new AppendEntries(Header(term), previous, entries, new LogIndex(commit), new ReadRound(round)));

    public void Accepts(int term, int matched, int round = 0, int lease = 0) =>
        Says(new AppendAccepted(Header(term), new LogIndex(matched), new ReadRound(round), lease));

    public void Rejects(int term, EntryId rejected, EntryId conflict, int round = 0, int lease = 0) =>
        Says(new AppendRejected(Header(term), rejected, conflict, new ReadRound(round), lease));

    public void AsksForReadIndex(int term, long id) => Says(new AskReadIndex(Header(term), new ReadId(id)));

    public void AnswersReadIndex(int term, ReadId id, int index) =>
        Says(new ReadIndexReply(Header(term), id, new LogIndex(index)));

    public void RefusesReadIndex(int term, ReadId id) => Says(new ReadIndexRefused(Header(term), id));

    /// <summary>It knows Sam by another disk than this one.</summary>
    public void Refuses(int term, DiskId disk) => Says(new DiskRefused(Header(term), disk));

    /// <summary>A part of a snapshot.</summary>
    public void Sends(int term, StoredSnapshot snapshot, int offset = 0) => Says(new InstallSnapshot(
        Header(term), snapshot.Last, snapshot.Bytes, snapshot.Checksum, offset, new byte[] { 1, 2, 3 }));

    public void Stored(int term, StoredSnapshot snapshot, long next) =>
        Says(new SnapshotChunkStored(Header(term), snapshot.Last, next));

    public MessageHeader Header(int term) => new(ServerStory.Cluster, ServerStory.Group, id, new Term(term)) { Disk = Disk };
}
