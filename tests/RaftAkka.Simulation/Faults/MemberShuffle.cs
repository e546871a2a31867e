using RaftAkka.Protocol;
using RaftAkka.Simulation.Engine;
using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Faults;

/// <summary>
/// Chooses changes of membership: any that leave somebody to vote, and a majority of disks that are sound, and that
/// people make, wisely or not.
/// </summary>
internal sealed class MemberShuffle(World world, Nemesis nemesis, Dice dice)
{
    private const int VotersMax = 7;
    private const int MembersMax = 9;

    private int _moves;

    private Configuration Members => world.Protocol.Members;

    private IEnumerable<Member> Voters => Members.Members.Where(member => member.IsVoter);

    private bool HasRoom => Members.Members.Length < MembersMax && CountAfter < VotersMax;

    // Learners vote sooner or later.
    private int CountAfter => Members.Members.Count(member => member.Role != MemberRole.Replica);

    /// <returns>A change by its name; null where the dice found none that may be.</returns>
    public (string Name, IReadOnlyList<MemberChange> Changes)? Choose()
    {
        if (Broken() is { } broken && dice.Chance(0.5)) return ("replace a broken server", Replace([broken]));

        var few = Voters.Count() <= 2;
        (string, IReadOnlyList<MemberChange>?) choice = dice.Below(few ? 6 : 14) switch
        {
            < 3 => ("add a learner", HasRoom ? [Join(MemberRole.Learner)] : null),
            < 4 => ("add a replica", HasRoom ? [Join(MemberRole.Replica)] : null),
            < 5 => ("promote who was heard of", Promote([])),
            < 6 => ("move a server", Move()),
            < 9 => ("remove a server", Remove()),
            < 12 => ("replace servers", Replace(Some(dice.Between(1, 3)))),
            < 13 => ("change a role", ChangeRole()),
            _ => ("change a priority", [new MemberChange.SetPriority(dice.Pick(Members.Members).Id, dice.Below(3))]),
        };
        return choice.Item2 is { } changes && nemesis.MayBecome(changes) ? (choice.Item1, changes) : null;
    }

    /// <summary>What nobody may be granted.</summary>
    public IReadOnlyList<MemberChange> Nonsense() => Members.Retired.Length > 0 && dice.Chance(0.5)
        ? [new MemberChange.Add(new Member(dice.Pick(Members.Retired), World.AddressAt("again")))]
        : [.. world.Servers.Select(server => new MemberChange.Remove(server.Id))];   // Some may be about to join.

    private Member? Broken() => Members.Members.FirstOrDefault(member => world[member.Id].IsDamaged);

    // One that nobody has taken in yet is as good as a new one.
    private MemberChange.Add Join(MemberRole role, params ServerId[] not)
    {
        var idle = world.Servers.FirstOrDefault(server => server is { Joins: not null, IsDamaged: false }
            && !not.Contains(server.Id) && Members.Find(server.Id) is null && !Members.Retired.Contains(server.Id));
        var server = idle ?? nemesis.AddServer();
        return new MemberChange.Add(new Member(server.Id, server.Addresses[^1], role));
    }

    private List<MemberChange>? Remove()
    {
        var leader = world.Leader is { } known ? Members.Find(known.Id) : null;
        var goes = leader is not null && dice.Chance(0.4) ? leader : dice.Pick(Members.Members);

        // A cluster of one or two is left alone as a rule: it can do without nobody.
        var isLastFew = goes.IsVoter && Voters.Count() <= 3 && !dice.Chance(0.3);
        return isLastFew ? null : [new MemberChange.Remove(goes.Id)];
    }

    private List<MemberChange> Replace(IReadOnlyList<Member> old)
    {
        var changes = new List<MemberChange>();
        foreach (var member in old)
        {
            changes.Add(new MemberChange.Remove(member.Id));
            var taken = changes.OfType<MemberChange.Add>().Select(add => add.Id).ToArray();
            changes.Add(Join(member.IsVoter ? MemberRole.Learner : member.Role, taken));
        }

        // Several voters go and several come in one step, where there are any to come.
        if (dice.Chance(0.7)) changes.AddRange(Promote([.. old.Select(member => member.Id)]) ?? []);
        return changes;
    }

    private List<MemberChange>? Promote(IReadOnlyList<ServerId> except)
    {
        var heard = Members.Members.Where(member =>
            !member.IsVoter && member.Disk != DiskId.Unknown && !except.Contains(member.Id)).Take(VotersMax - Voters.Count());
        List<MemberChange> changes = [.. heard.Select(member => new MemberChange.SetRole(member.Id, MemberRole.Voter))];
        return changes.Count == 0 ? null : changes;
    }

    private List<Member> Some(int count)
    {
        var all = Members.Members.ToArray();
        dice.Shuffle(all);
        return [.. all.Take(count)];
    }

    private List<MemberChange>? Move()
    {
        var server = world[dice.Pick(Members.Members).Id];
        if (server.Addresses.Count > 1 || server.IsDamaged) return null;

        // Its machine is reached at both addresses until everybody can know.
        var address = World.AddressAt($"{server.Name}-{++_moves}");
        server.Addresses = [server.Addresses[0], address];
        return [new MemberChange.SetAddress(server.Id, address)];
    }

    private List<MemberChange>? ChangeRole()
    {
        var member = dice.Pick(Members.Members);
        if (!member.IsVoter && CountAfter >= VotersMax) return null;
        return [new MemberChange.SetRole(member.Id, member.IsVoter ? MemberRole.Replica : MemberRole.Voter)];
    }
}
