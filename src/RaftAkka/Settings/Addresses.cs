using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RaftAkka.Wire;

namespace RaftAkka.Settings;

/// <summary>Judges addresses that a person wrote.</summary>
internal static class Addresses
{
    /// <summary>
    /// What is wrong with an address (<c>host:port</c>, an IPv6 host in brackets), or null.
    /// </summary>
    public static string? Mistake(string address)
    {
        const string form = "Write host:port, for example \"10.0.0.1:4051\" (an IPv6 host in brackets).";
        if (address.Length > WireLimits.AddressLengthMax)
            return $"is longer than an address can be ({WireLimits.AddressLengthMax} characters). {form}";

        var colon = address.LastIndexOf(':');
        if (colon < 0) return $"has no port. {form}";
        if (colon == 0) return $"has no host. {form}";
        if (!IsPort(address.AsSpan(colon + 1)))
            return $"has no port from 1 to 65535. {form}";

        var host = address[..colon];
        var isBracketed = host.StartsWith('[') && host.EndsWith(']');
        if (isBracketed
            ? !IPAddress.TryParse(host[1..^1], out var v6) || v6.AddressFamily != AddressFamily.InterNetworkV6
            : host.Contains(':') || Uri.CheckHostName(host) == UriHostNameType.Unknown)
            return $"has no host that could be one. {form}";

        return host is "0.0.0.0" or "[::]"
            ? "is no address that others can reach. Write the one by which they do."
            : null;
    }

    private static bool IsPort(ReadOnlySpan<char> text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0;
}
