using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RaftAkka.Protocol;

/// <summary>
/// Addresses of servers, as <c>host:port</c>. One address can be written in many ways; everything that compares two of
/// them, or connects to one, uses the canonical form.
/// </summary>
public static class Addresses
{
    /// <summary>How many characters an address takes at the most: a DNS name, a colon and a port.</summary>
    public const int LengthMax = 253 + 6;

    /// <summary>Whether a text is <c>host:port</c>, the host a name, an IPv4 address or an IPv6 address in brackets.</summary>
    public static bool IsAddress(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > LengthMax) return false;

        var colon = text.LastIndexOf(':');
        if (colon < 1) return false;

        var (host, port) = (text[..colon], text[(colon + 1)..]);
        var isHost = IsBracketed(host)
            ? host[1..^1].All(c => char.IsAsciiHexDigit(c) || c is ':' or '.')
            : host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
        return isHost && Port(port) is not null;
    }

    /// <summary>
    /// The one form of an address: IPv6 as RFC 5952 writes it, IPv4 inside IPv6 (<c>::ffff:10.0.0.1</c>) as IPv4, names in
    /// lower case and without the dot at their end, ports without leading zeros. What is no address stays as it is.
    /// </summary>
    public static string Canonical(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!IsAddress(text)) return text;

        var colon = text.LastIndexOf(':');
        var canonical = string.Create(CultureInfo.InvariantCulture, $"{CanonicalHost(text[..colon])}:{Port(text[(colon + 1)..])}");
        return canonical == text ? text : canonical;
    }

    /// <summary>The host of an address, as a resolver takes it: an IPv6 address without its brackets.</summary>
    public static string HostOf(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var host = address[..address.LastIndexOf(':')];
        return IsBracketed(host) ? host[1..^1] : host;
    }

    /// <summary>The port of an address.</summary>
    public static int PortOf(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return int.Parse(address.AsSpan(address.LastIndexOf(':') + 1), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static string CanonicalHost(string host)
    {
        if (!IsBracketed(host))
        {
            var name = host.TrimEnd('.');
            return name.Length == 0 ? host : name.ToLowerInvariant();
        }

        if (!IPAddress.TryParse(host[1..^1], out var ip) || ip.AddressFamily != AddressFamily.InterNetworkV6) return host;
        return ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4().ToString() : $"[{ip}]";
    }

    private static bool IsBracketed(string host) => host.Length > 2 && host[0] == '[' && host[^1] == ']';

    private static int? Port(string text) =>
        text.Length <= 5 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is > 0 and <= 65535
            ? number
            : null;
}
