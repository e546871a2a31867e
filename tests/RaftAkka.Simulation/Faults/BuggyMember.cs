using RaftAkka.Protocol;
using RaftAkka.Simulation.Engine;
using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Faults;

/// <summary>
/// A member that follows the protocol and also, by a bug, sends what no member may: nobody can take these messages for
/// right, whatever else is going on. A member that lies in well-formed words, such as the acknowledgement of what it does
/// not have, is outside of Raft's model, and no server can find it out.
/// </summary>
internal sealed class BuggyMember
{
    private readonly World _world;
    private readonly Nemesis _nemesis;
    private readonly Dice _dice;
    private readonly TimeSpan _every;

    // A leader that was restarted meanwhile cannot know that it led that term, and follows who says so. From the same
    // member it would then take leadership, too.
    private readonly bool _claimsToLead;

    public BuggyMember(World world, Nemesis nemesis, TimeSpan every)
    {
        (_world, _nemesis, _dice, _every) = (world, nemesis, world.Loop.Dice.Fork("buggy member"), every);
        _claimsToLead = world.Loop.Dice.Fork("buggy member claims to lead").Chance(0.5);
        PlanNext();
    }

    /// <summary>How many wrong messages it sent.</summary>
    public long Sent { get; private set; }

    private void PlanNext() => _world.Loop.Agenda.Plan(_world.Loop.Now + _dice.Exponential(_every), null, () =>
    {
        if (_nemesis.IsOver) return;
        Err();
        PlanNext();
    });

    private void Err()
    {
        var members = _world.Protocol.Members.Members.Select(member => _world[member.Id]).ToArray();
        var (speaker, target) = (_dice.Pick(members), _dice.Pick(members));
        if (speaker == target || speaker.Door(forPeers: true) is not var (host, actor)) return;

        if (Draw(speaker, target) is { } message && _world.Forgeries.Send(host, target, forPeers: true, message, actor)) Sent++;
    }

    private IPeerMessage? Draw(SimulatedServer speaker, SimulatedServer target)
    {
        var forger = new Forger(_world, _dice, target) { Speaker = speaker.Id };
        var state = _world.Protocol[speaker.Id].State;
        var header = new MessageHeader(_world.Cluster, _world.Group, speaker.Id, state.Term)
        {
            Disk = _world.Protocol.Members.Find(speaker.Id)?.Disk ?? DiskId.Unknown,
        };
        // Of its own term: others may have gone on to a later one, and what a leader says there counts.
        var leader = _world.Protocol.LeaderOf(state.Term);
        var (leads, isLed) = (leader == speaker.Id, leader == target.Id && _world.Protocol[target.Id].State.Term == state.Term);
        var beyond = _world.Protocol[target.Id].Submitted.LastIndex + 1000 + _dice.Below(1000);
        var far = header with { Term = new Term(long.MaxValue - _dice.Below(3)) };
        return _dice.Below(7) switch
        {
            // It takes itself for the leader of the term that the receiver leads.
            0 when isLed && _claimsToLead => new AppendEntries(header, forger.Entry(), LogSlice.Empty, LogIndex.Zero, ReadRound.None),
            1 when isLed && _claimsToLead => new InstallSnapshot(header, new EntryId(state.Term, beyond), 10, 1, 0, new byte[10]),

            // A follower has more than the leader ever sent.
            2 when isLed => new AppendAccepted(header, beyond, ReadRound.None),
            3 when isLed => new SnapshotChunkStored(header, new EntryId(state.Term, beyond), 1L << 40),

            // A leader's entries say nothing.
            4 when leads => Malformed(header, forger, _world.Protocol[target.Id].Submitted.Last),

            // Terms beyond all numbers.
            5 => new RequestVote(far, new EntryId(far.Term, beyond)),
            6 => new AppendEntries(far, EntryId.Zero, LogSlice.Empty, beyond, ReadRound.None),

            // Of a disk that the receiver never had, and of leading nobody.
            _ => _dice.Chance(0.5) || leads || _claimsToLead
                ? new DiskRefused(header, new DiskId((long)_dice.Next() | 1))
                : new TimeoutNow(header),
        };
    }

    private static AppendEntries? Malformed(MessageHeader header, Forger forger, EntryId previous) =>
        previous.Term > header.Term ? null
            : new AppendEntries(header, previous, forger.Entries(previous, areMalformed: true), LogIndex.Zero, ReadRound.None);
}
