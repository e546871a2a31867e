using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RaftAkka.Protocol;

namespace RaftAkka.Settings;

/// <summary>Judges addresses that a person wrote.</summary>
internal static class AddressRules
{
    private const string Form = "Write host:port, for example \"10.0.0.1:4051\" (an IPv6 host in brackets).";

    /// <summary>
    /// What is wrong with an address at which others reach a server (<c>host:port</c>, an IPv6 host in brackets), or null.
    /// </summary>
    public static string? Mistake(string address) => MistakeOfForm(address) ?? Addresses.HostOf(Addresses.Canonical(address)) switch
    {
        "0.0.0.0" or "::" or "255.255.255.255" =>
            "is no address that others can reach. Write the one by which they do; to listen on all of this machine's addresses, "
            + "set raft.listen besides.",
        var host when IPAddress.TryParse(host, out var ip) && IsMulticast(ip) =>
            "is a multicast address, which no single server has. Write the server's own.",
        _ => null,
    };

    /// <summary>What is wrong with an address to listen on, or null. It may be a wildcard.</summary>
    public static string? MistakeOfForm(string address)
    {
        if (address.Length > Addresses.LengthMax)
            return $"is longer than an address can be ({Addresses.LengthMax} characters). {Form}";

        var colon = address.LastIndexOf(':');
        if (colon < 0) return $"has no port. {Form}";
        if (colon == 0) return $"has no host. {Form}";
        if (!IsPort(address.AsSpan(colon + 1))) return $"has no port from 1 to 65535. {Form}";

        return MistakeOfHost(address[..colon]);
    }

    private static string? MistakeOfHost(string host)
    {
        if (host.Contains('%'))
            return "has a scope (the part behind '%'), which has a meaning on one machine alone: others cannot reach the server by "
                + "it. Write an address of global or site scope, or a name.";
        if (host.StartsWith('[') && host.EndsWith(']'))
            return IPAddress.TryParse(host[1..^1], out var v6) && v6.AddressFamily == AddressFamily.InterNetworkV6
                ? null
                : $"has no host that could be one. {Form}";
        if (host.Contains(':') || Uri.CheckHostName(host.TrimEnd('.')) == UriHostNameType.Unknown)
            return $"has no host that could be one. {Form}";

        // A resolver reads 127.1 as 127.0.0.1, and 010.0.0.1 as 8.0.0.1.
        return EndsInNumber(host) && !IsPlainIPv4(host)
            ? "has a host that could be read as several IPv4 addresses. Write four numbers from 0 to 255, without leading zeros."
            : null;
    }

    private static bool EndsInNumber(string host)
    {
        var last = host.TrimEnd('.')[(host.TrimEnd('.').LastIndexOf('.') + 1)..];
        return last.All(char.IsAsciiDigit)
            || (last.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && last[2..].All(char.IsAsciiHexDigit));
    }

    private static bool IsPlainIPv4(string host) =>
        IPAddress.TryParse(host, out var ip) && ip.AddressFamily == AddressFamily.InterNetwork && ip.ToString() == host;

    private static bool IsMulticast(IPAddress ip) =>
        ip.IsIPv6Multicast || (ip.AddressFamily == AddressFamily.InterNetwork && (ip.GetAddressBytes()[0] & 0xF0) == 0xE0);

    private static bool IsPort(ReadOnlySpan<char> text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0;
}
