namespace RaftAkka.Protocol;

/// <summary>What the receiver of a message knows that the message must not contradict.</summary>
/// <param name="Self">The receiver.</param>
/// <param name="CurrentTerm">Its term.</param>
/// <param name="Leader">The leader of that term, if the receiver knows it.</param>
/// <param name="Log">Its log.</param>
/// <param name="Committed">Its commit index.</param>
public readonly record struct ReceiverState(
    ServerId Self, Term CurrentTerm, ServerId? Leader, LogTerms Log, LogIndex Committed);

/// <summary>
/// Which messages between servers cannot be: their numbers contradict each other, or what the receiver knows for sure. A
/// member sends such a message only if it has a bug, runs an incompatible version, or is another program under its name.
/// The receiver drops it, and neither its state nor its disk has anything of it.
/// </summary>
public static class MessageRule
{
    /// <summary>Why a message cannot be, for a person; null where it can.</summary>
    public static string? Problem(IPeerMessage message, in ReceiverState receiver)
    {
        ArgumentNullException.ThrowIfNull(message);
        return OfTerm(message.Header.Term, receiver) ?? message switch
        {
            AppendEntries append          => OfAppend(append, receiver),
            AppendAccepted accepted       => OfAccepted(accepted, receiver),
            AppendRejected rejected       => OfRejected(rejected, receiver),
            InstallSnapshot install       => OfInstall(install, receiver),
            SnapshotChunkStored stored    => OfLast(stored.Last, stored.Header.Term),
            RequestVote request           => OfVote(request),
            RequestPreVote request        => OfPreVote(request, receiver),
            PreVoteReply reply            => OfTerm(reply.ProposedTerm, receiver),
            TimeoutNow now                => OfLeader(now, receiver),
            ReadIndexReply reply          => OfReadIndex(reply, receiver),
            ConfigurationReply reply      => OfConfiguration(reply),
            _                             => null,   // VoteReply, AskReadIndex, ReadIndexRefused, AskConfiguration and notices.
        };
    }

    private static string? OfTerm(Term term, in ReceiverState receiver) =>
        !Headroom.IsPossible(term) ? $"no cluster gets to term {term}"
        : !Headroom.IsPossibleAfter(receiver.CurrentTerm, term)
            ? $"it is of term {term}, more than 2^32 elections after term {receiver.CurrentTerm} of this server"
            : null;

    // §5.2: at most one server leads a term.
    private static string? OfLeader(IPeerMessage message, in ReceiverState receiver) =>
        message.Header.Term == receiver.CurrentTerm && receiver.Leader is { } leader && leader != message.Header.Sender
            ? $"only the leader of term {receiver.CurrentTerm} says this, and that is {leader}"
            : null;

    private static string? OfAppend(AppendEntries append, in ReceiverState receiver)
    {
        if (OfLeader(append, receiver) is { } twoLeaders) return twoLeaders;
        if (!Headroom.IsPossible(append.Previous) || append.Previous.Term > append.Header.Term)
            return $"no log of term {append.Header.Term} has an entry {append.Previous}";

        var entries = append.Entries;
        if (!entries.IsEmpty)
        {
            if (entries.First.Index != append.Previous.Index.Next || entries.First.Term < append.Previous.Term)
                return $"its entries {entries} do not follow entry {append.Previous}";
            if (entries.First.Term == Term.Zero || !Headroom.IsPossible(entries.Last.Id) || entries.Last.Term > append.Header.Term)
                return $"a leader of term {append.Header.Term} has no entries {entries}";
        }

        if (append.Header.Term < receiver.CurrentTerm) return null;   // Rejected for its term.
        if (Contradiction(append, receiver) is { } known) return $"entry {known} is committed here, and its log has another one";

        foreach (var entry in entries)
            if (EntryRule.Problem(entry) is { } problem) return problem;
        return null;
    }

    // §5.4, Leader Completeness: what is committed here is in the log of every leader of this term or a later one.
    private static EntryId? Contradiction(AppendEntries append, in ReceiverState receiver)
    {
        var log = receiver.Log;
        if (append.Previous.Index > receiver.Committed) return null;
        if (Differs(log, append.Previous) is { } before) return before;

        foreach (var entry in append.Entries)
        {
            if (entry.Index > receiver.Committed) break;
            if (Differs(log, entry.Id) is { } differs) return differs;
        }

        return null;
    }

    // Of what lies before the base the terms are gone.
    private static EntryId? Differs(LogTerms log, EntryId id) =>
        id.Index >= log.Base.Index && id.Index > LogIndex.Zero && log.TermAt(id.Index) is { } term && term != id.Term
            ? new EntryId(term, id.Index)
            : null;

    private static string? OfAccepted(AppendAccepted accepted, in ReceiverState receiver) =>
        IsToLeader(accepted, receiver) && accepted.Matched > receiver.Log.Last.Index
            ? $"it accepts entry {accepted.Matched}; the last is {receiver.Log.Last}"
            : null;

    private static string? OfRejected(AppendRejected rejected, in ReceiverState receiver)
    {
        if (!Headroom.IsPossible(rejected.Rejected) || rejected.Conflict.Index > rejected.Rejected.Index)
            return $"it rejects entry {rejected.Rejected} over its entry {rejected.Conflict}";
        return IsToLeader(rejected, receiver) && rejected.Rejected.Index > receiver.Log.Last.Index
            ? $"it rejects entry {rejected.Rejected}; the last is {receiver.Log.Last}"
            : null;
    }

    private static bool IsToLeader(IPeerMessage message, in ReceiverState receiver) =>
        receiver.Leader == receiver.Self && message.Header.Term == receiver.CurrentTerm;

    private static string? OfInstall(InstallSnapshot install, in ReceiverState receiver)
    {
        if ((OfLeader(install, receiver) ?? OfLast(install.Last, install.Header.Term)) is { } problem) return problem;
        if (install.Last.Index.Value > Headroom.SnapshotIndexMax) return $"no snapshot goes up to entry {install.Last}";
        if (install.Chunk.Length is 0 or > InstallSnapshot.ChunkBytesMax || install.Offset < 0
            || install.Offset > install.Bytes - install.Chunk.Length)
            return $"the part of {install.Chunk.Length} bytes at {install.Offset} is none of a file of {install.Bytes} bytes";
        if (install.Header.Term < receiver.CurrentTerm) return null;   // Rejected for its term.

        // Terms never go back in a log, and what is committed here is in the leader's.
        var committed = receiver.Log.TermAt(receiver.Committed) ?? Term.Zero;
        return install.Last.Index > receiver.Committed ? OfOrder(install.Last.Term >= committed)
            : receiver.Log.TermAt(install.Last.Index) is { } term ? OfOrder(install.Last.Term == term)
            : OfOrder(install.Last.Term <= committed);

        string? OfOrder(bool holds) =>
            holds ? null : $"its snapshot of entry {install.Last} contradicts what is committed here";
    }

    private static string? OfLast(EntryId last, Term term) =>
        Headroom.IsPossible(last) && last.Index > LogIndex.Zero && last.Term <= term
            ? null
            : $"a log of term {term} has no snapshot of entry {last}";

    private static string? OfVote(RequestVote request) =>
        Headroom.IsPossible(request.LastLog) && request.LastLog.Term < request.Header.Term
            ? null
            : $"a candidate of term {request.Header.Term} has no last entry {request.LastLog}";

    private static string? OfPreVote(RequestPreVote request, in ReceiverState receiver)
    {
        if (OfTerm(request.ProposedTerm, receiver) is { } term) return term;
        if (request.ProposedTerm <= request.Header.Term) return $"it asks for term {request.ProposedTerm} in term {request.Header.Term}";
        return Headroom.IsPossible(request.LastLog) && request.LastLog.Term <= request.Header.Term
            ? null
            : $"a server in term {request.Header.Term} has no last entry {request.LastLog}";
    }

    private static string? OfReadIndex(ReadIndexReply reply, in ReceiverState receiver) =>
        OfLeader(reply, receiver)
        ?? (reply.Index.Value > Headroom.IndexMax ? $"no log is committed up to entry {reply.Index}" : null);

    private static string? OfConfiguration(ConfigurationReply reply) =>
        reply.Index.Value is < 1 or > Headroom.IndexMax || reply.Members.IsEmpty
            ? $"no log has this configuration in entry {reply.Index}"
            : null;
}
