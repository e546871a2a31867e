using RaftAkka.Protocol;
using RaftAkka.Simulation.Engine;
using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Faults;

/// <summary>
/// Draws the fields of forged messages for one receiver: right ones, as a forger with inside knowledge has them, ones
/// that are nearly right, and extremes.
/// </summary>
internal sealed class Forger(World world, Dice dice, SimulatedServer target)
{
    private static readonly long[] Extremes = [0, 1, -1, 1L << 31, 1L << 40, 1L << 62, long.MaxValue - 1, long.MaxValue, long.MinValue];

    public Dice Dice => dice;

    public World World => world;

    /// <summary>The message's sender where that is to be one server; null draws one.</summary>
    public ServerId? Speaker { get; init; }

    /// <summary>Some member, some server that has left, the receiver itself, or a name that nobody has.</summary>
    public ServerId Server() => Speaker ?? dice.Below(10) switch
    {
        < 7 => dice.Pick(world.Protocol.Members.Members).Id,
        < 8 => target.Id,
        < 9 => dice.Pick([.. world.Servers]).Id,
        _ => new ServerId("nobody"),
    };

    public MessageHeader Header()
    {
        var sender = Server();
        var known = world.Protocol.Members.Find(sender)?.Disk ?? DiskId.Unknown;
        return new MessageHeader(
            dice.Chance(0.95) ? world.Cluster : new ClusterId("another"), world.Group, sender, Term())
        {
            Disk = dice.Below(10) switch { < 7 => known, < 8 => DiskId.Unknown, _ => new DiskId((long)dice.Next()) },
        };
    }

    public Term Term()
    {
        var current = world.Protocol[target.Id].State.Term.Value;
        return new Term(dice.Below(10) switch
        {
            < 4 => current,
            < 6 => current + 1,
            < 7 => Math.Max(0, current - 1),
            < 8 => current + (1L << dice.Below(40)),
            _ => dice.Pick(Extremes),
        });
    }

    public LogIndex Index() => new(Near(world.Protocol[target.Id].Submitted.LastIndex.Value));

    /// <summary>The receiver's last entry, or another one of its log, or one that nobody has.</summary>
    public EntryId Entry()
    {
        var log = world.Protocol[target.Id].Submitted;
        return dice.Below(10) switch
        {
            < 4 => log.Last,
            < 7 when log.LastIndex > LogIndex.Zero => log.IdAt(new LogIndex(dice.Between(1, (int)log.LastIndex.Value))),
            < 9 => new EntryId(Term(), log.LastIndex),
            _ => new EntryId(Term(), Index()),
        };
    }

    /// <summary>A number about as large as a right one, or an extreme.</summary>
    public long Near(long right) => dice.Below(10) switch
    {
        < 5 => right,
        < 8 => right + dice.Between(-3, 3),
        _ => dice.Pick(Extremes),
    };

    public byte[] Bytes(int lengthMax)
    {
        var bytes = new byte[dice.Below(lengthMax + 1)];
        for (var place = 0; place < bytes.Length; place++) bytes[place] = (byte)dice.Below(256);
        return bytes;
    }

    /// <summary>Up to three entries from a place on: of every kind, also of kinds that there are not, sound and malformed.</summary>
    public LogSlice Entries(EntryId previous, bool areMalformed = false)
    {
        var first = Math.Clamp(previous.Index.Value, 0, long.MaxValue - 10) + 1;
        var term = Math.Max(previous.Term.Value, dice.Chance(0.7) ? Current : Term().Value);
        var count = dice.Between(areMalformed ? 1 : 0, 3);
        return LogSlice.Of([.. Enumerable.Range(0, count).Select(place => EntryAt(
            new EntryId(new Term(term), new LogIndex(first + place)), areMalformed || dice.Chance(0.5)))]);
    }

    private long Current => world.Protocol[target.Id].State.Term.Value;

    private LogEntry EntryAt(EntryId id, bool isMalformed)
    {
        var kinds = Enum.GetValues<EntryKind>();
        if (isMalformed)
        {
            var kind = dice.Pick([EntryKind.Commands, EntryKind.Configuration, EntryKind.Clock]);
            return LogEntry.Create(id, kind, [0xFF, .. Bytes(40)]);
        }

        return dice.Pick(kinds) switch
        {
            EntryKind.Configuration =>
                LogEntry.Create(id, EntryKind.Configuration, ConfigurationCodec.Encode(world.Protocol.Members)),
            EntryKind.Clock =>
                LogEntry.Create(id, EntryKind.Clock, ClockTick.Encode(TimeSpan.FromDays(dice.Below(1000)), TimeSpan.FromSeconds(1), [])),
            EntryKind.Commands => LogEntry.Create(id, EntryKind.Commands, Batch()),
            var kind => LogEntry.Create(id, kind, "mallory"u8),
        };
    }

    /// <summary>A guess: the index of somebody's session, without its token or with a wrong one. Tokens cannot be known.</summary>
    public SessionId Session() => new(Math.Max(0, Near(dice.Below(50))), dice.Chance(0.5) ? SessionToken.None : Token());

    public SessionToken Token() => new(dice.Next(), dice.Next());

    /// <summary>Commands, or queries, in some session: nobody's, a guessed one, or one far from all others.</summary>
    public byte[] Batch() => CommandBatch.Encode(
        Session(), new SequenceNumber(Near(dice.Below(20))),
        [.. Enumerable.Range(1, dice.Between(1, 3)).Select(number => new Command(new SequenceNumber(number), Bytes(40)))]);
}
