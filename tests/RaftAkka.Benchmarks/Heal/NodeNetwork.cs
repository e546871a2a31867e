using System.Diagnostics;
using System.Globalization;
using System.Net.NetworkInformation;

namespace RaftAkka.Benchmarks.Heal;

/// <summary>
/// A network for nodes on this machine: each in a network namespace with a card and an address of its own, and a bridge
/// on which the clients are. A node is cut off by rules of its own namespace that drop packets in silence, as a broken
/// switch does; connections of either side's making are hit alike. The machine's own rules are never touched, and all of
/// this goes with the namespaces.
/// </summary>
internal sealed class NodeNetwork : IDisposable
{
    private const string Card = "eth0";

    private readonly string _name = $"rab{Environment.ProcessId}";
    private readonly string _subnet = FreeSubnet();
    private readonly int _nodes;

    public NodeNetwork(int nodes)
    {
        _nodes = nodes;
        try
        {
            Ip("link", "add", _name, "type", "bridge");
            Ip("addr", "add", $"{_subnet}.254/24", "dev", _name);
            Ip("link", "set", _name, "up");
            for (var node = 0; node < nodes; node++) AddNode(node);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Places Places => new(HostOf, node => ["ip", "netns", "exec", SpaceOf(node)]);

    /// <summary>Why there can be no such network here; null where there can.</summary>
    public static string? Obstacle()
    {
        if (!OperatingSystem.IsLinux()) return "heal cuts nodes off by iptables in network namespaces: it runs on Linux only.";
        if (!Environment.IsPrivilegedProcess) return "heal makes network namespaces and iptables rules: it must run as root.";
        if (!IsInstalled("iptables")) return "iptables is not installed: 'apt-get install iptables' installs it.";
        return IsInstalled("ip") ? null : "ip is not installed: 'apt-get install iproute2' installs it.";
    }

    /// <summary>Drops everything to and from a node.</summary>
    public void Cut(int node)
    {
        Rule(node, "-A", "INPUT", "-i", Card, "-j", "DROP");
        Rule(node, "-A", "OUTPUT", "-o", Card, "-j", "DROP");
    }

    /// <summary>Drops everything between a node and the other ones. Clients still reach it.</summary>
    public void CutFromNodes(int node)
    {
        for (var other = 0; other < _nodes; other++)
        {
            if (other == node) continue;
            Rule(node, "-A", "INPUT", "-s", HostOf(other), "-j", "DROP");
            Rule(node, "-A", "OUTPUT", "-d", HostOf(other), "-j", "DROP");
        }
    }

    public void Heal(int node) => Rule(node, "-F");

    public void Dispose()
    {
        for (var node = 0; node < _nodes; node++)
        {
            // The near end first: it keeps its name until the kernel has got round to the namespace.
            TryRun("ip", "link", "del", CableOf(node));
            TryRun("ip", "netns", "del", SpaceOf(node));
        }
        TryRun("ip", "link", "del", _name);
    }

    private void AddNode(int node)
    {
        var space = SpaceOf(node);
        Ip("netns", "add", space);
        Ip("link", "add", CableOf(node), "type", "veth", "peer", "name", Card, "netns", space);
        Ip("link", "set", CableOf(node), "master", _name, "up");
        Ip("-n", space, "addr", "add", $"{HostOf(node)}/24", "dev", Card);
        Ip("-n", space, "link", "set", "lo", "up");
        Ip("-n", space, "link", "set", Card, "up");
    }

    private string HostOf(int node) => $"{_subnet}.{node + 1}";

    private string SpaceOf(int node) => $"{_name}n{node + 1}";

    private string CableOf(int node) => $"{_name}v{node + 1}";

    private void Rule(int node, params string[] rule) => Ip(["netns", "exec", SpaceOf(node), "iptables", "-w", .. rule]);

    // 198.18.0.0/15 is set aside for measurements, so that it is nobody's way to anywhere.
    private static string FreeSubnet()
    {
        var taken = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(unicast => unicast.Address.GetAddressBytes())
            .Where(bytes => bytes is [198, 18, _, _]).Select(bytes => (int)bytes[2]).ToHashSet();
        var free = Enumerable.Range(Environment.ProcessId, 256).Select(number => number % 256).First(number => !taken.Contains(number));
        return string.Create(CultureInfo.InvariantCulture, $"198.18.{free}");
    }

    private static void Ip(params string[] words)
    {
        var (status, error) = Run("ip", words);
        if (status != 0)
            throw new InvalidOperationException($"'ip {string.Join(' ', words)}' failed: {error.Trim()}");
    }

    private static void TryRun(string program, params string[] words) => _ = Run(program, words);

    private static (int Status, string Error) Run(string program, params string[] words)
    {
        using var process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }

    private static bool IsInstalled(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Any(folder => File.Exists(Path.Combine(folder, program)));
}
