using RaftAkka.Protocol;

namespace RaftAkka.Simulation.Faults;

/// <summary>Well-formed forgeries of every message that servers say to each other.</summary>
internal static class PeerForgeries
{
    private static readonly Dictionary<Type, Func<Forger, IPeerMessage>> ByType = new Func<Forger, IPeerMessage>[]
    {
        Append, Accepted, Rejected, Ask, Answer, NoAnswer, Refused, Notice, Now, Vote, Voted, PreVote, PreVoted, Snapshot, Stored,
        AskMembers, Members,
    }.ToDictionary(forge => forge.Method.ReturnType);

    /// <summary>The types of messages that can be forged.</summary>
    public static IReadOnlyCollection<Type> Types => ByType.Keys;

    /// <summary>Draws a kind of message and its fields.</summary>
    public static IPeerMessage Draw(Forger forger) =>
        ByType[forger.Dice.Pick([.. ByType.Keys.OrderBy(type => type.Name, StringComparer.Ordinal)])](forger);

    private static AppendEntries Append(Forger forger)
    {
        var previous = forger.Entry();
        return new AppendEntries(
            forger.Header(), previous, forger.Entries(previous), forger.Index(), new ReadRound(forger.Near(forger.Dice.Below(50))))
        {
            IsAnnouncement = forger.Dice.Chance(0.2),
        };
    }

    private static AppendAccepted Accepted(Forger forger) =>
        new(forger.Header(), forger.Index(), new ReadRound(forger.Near(forger.Dice.Below(50))), forger.Near(250));

    private static AppendRejected Rejected(Forger forger) => new(
        forger.Header(), forger.Entry(), forger.Entry(), new ReadRound(forger.Near(forger.Dice.Below(50))), forger.Near(250));

    private static AskReadIndex Ask(Forger forger) => new(forger.Header(), new ReadId(forger.Near(forger.Dice.Below(50))));

    private static ReadIndexReply Answer(Forger forger) =>
        new(forger.Header(), new ReadId(forger.Near(forger.Dice.Below(50))), forger.Index());

    private static ReadIndexRefused NoAnswer(Forger forger) =>
        new(forger.Header(), new ReadId(forger.Near(forger.Dice.Below(50))));

    private static DiskRefused Refused(Forger forger) => new(
        forger.Header(), forger.World.Protocol.Members.Find(forger.Server())?.Disk ?? DiskId.Unknown);

    private static RemovalNotice Notice(Forger forger) => new(forger.Header());

    private static TimeoutNow Now(Forger forger) => new(forger.Header());

    private static RequestVote Vote(Forger forger) =>
        new(forger.Header(), forger.Entry()) { IsTransfer = forger.Dice.Chance(0.5) };

    private static VoteReply Voted(Forger forger) => new(forger.Header(), forger.Dice.Chance(0.7));

    private static RequestPreVote PreVote(Forger forger) => new(forger.Header(), forger.Term(), forger.Entry());

    private static PreVoteReply PreVoted(Forger forger) => new(forger.Header(), forger.Term(), forger.Dice.Chance(0.7));

    private static InstallSnapshot Snapshot(Forger forger)
    {
        byte[] chunk = [0, .. forger.Bytes(200)];
        var isWhole = forger.Dice.Chance(0.5);
        return new InstallSnapshot(
            forger.Header(), forger.Entry(), isWhole ? chunk.Length : forger.Near(1000), (uint)forger.Dice.Next(),
            isWhole ? 0 : forger.Near(0), chunk);
    }

    private static AskConfiguration AskMembers(Forger forger) => new(forger.Header(), forger.Index());

    // The real members, or mallory's.
    private static ConfigurationReply Members(Forger forger) => new(
        forger.Header(), forger.Index(), forger.Dice.Chance(0.5)
            ? forger.World.Protocol.Members.WithRetiredAtMost(0)
            : Configuration.Of([new Member(new ServerId(Stranger.Name), Worlds.World.AddressAt(Stranger.Name))]));

    private static SnapshotChunkStored Stored(Forger forger) =>
        new(forger.Header(), forger.Entry(), forger.Near(forger.Dice.Below(2000)));
}
