using RaftAkka.Protocol;
using RaftAkka.Simulation.Worlds;

namespace RaftAkka.Simulation.Faults;

/// <summary>
/// Does what a server's warning asks for: where a server ignores members that it does not know, and nobody that it does know
/// tells it of them, as all of those have left or moved, somebody writes the members as they are now into its settings, and
/// restarts it. Servers have time enough to find out by themselves first.
/// </summary>
internal sealed class SettingsUpdates
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly World _world;
    private readonly Dictionary<ServerId, TimeSpan> _lost = [];

    public SettingsUpdates(World world)
    {
        _world = world;
        PlanNext();
    }

    private void PlanNext() => _world.Loop.Agenda.Plan(_world.Loop.Now + Interval, null, () =>
    {
        foreach (var server in _world.Servers) Look(server);
        PlanNext();
    });

    private void Look(SimulatedServer server)
    {
        if (!server.IsUp || _world.Protocol.Members.Find(server.Id) is null || !MissesVoter(server))
        {
            _lost.Remove(server.Id);
            return;
        }

        if (!_lost.TryGetValue(server.Id, out var since)) _lost[server.Id] = _world.Loop.Now;
        if (since == default || _world.Loop.Now - since < Patience) return;

        _lost.Remove(server.Id);
        server.Named = [.. _world.Protocol.Members.Servers.Select(
            member => new MemberAddress(member.Id, _world[member.Id].Addresses[^1]))];
        server.Kill("to have the members written into its settings");
        server.Start();
    }

    // By its log or its settings.
    private bool MissesVoter(SimulatedServer server)
    {
        var known = _world.Protocol.MembersOf(server.Id).Servers.Select(member => (member.Id, member.Address))
            .Concat(_world.SettingsOf(server.Id).Members.Select(member => (Id: member.Server, member.Address))).ToArray();
        return _world.Protocol.Members.Servers.Any(member => member.IsVoter && member.Id != server.Id
            && !known.Any(place => place.Id == member.Id && _world[member.Id].Addresses.Contains(place.Address)));
    }
}
