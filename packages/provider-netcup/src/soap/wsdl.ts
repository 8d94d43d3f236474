/**
 * What netcup's SOAP service understands, as far as it is used here: document/literal, SOAP 1.1, child elements without a
 * namespace. Written from descriptions of the service and captured messages, since the original is not to be had; the
 * names of service, port and binding are ours and appear in no message.
 */
export const wsdl: string = `<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions name="WSEndUser" targetNamespace="http://enduser.service.web.vcp.netcup.de/"
  xmlns:tns="http://enduser.service.web.vcp.netcup.de/" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
  xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<wsdl:types><xs:schema targetNamespace="http://enduser.service.web.vcp.netcup.de/" elementFormDefault="unqualified">
${operationTypes('getVServers', [], strings('return'))}
${operationTypes('getVServerIPs', ['vserverName'], strings('return'))}
${operationTypes('getVServerState', ['vserverName'], text('return'))}
${operationTypes('getVServerInformation', ['vservername', 'language'], element('return', 'tns:vServerInformationObject'))}
${operationTypes(
  'changeIPRouting',
  ['routedIP', 'routedMask', 'destinationVserverName', 'destinationInterfaceMAC'],
  element('return', 'xs:boolean'),
)}
${complexType(
  'vServerInformationObject',
  element('cpuCores', 'xs:int') +
    element('currentMonth', 'tns:trafficMonthObject') +
    strings('ips') +
    element('memory', 'xs:long') +
    element('rebootRecommended', 'xs:boolean') +
    text('rebootRecommendedMessage') +
    element('rescueEnabled', 'xs:boolean') +
    text('rescueEnabledMessage') +
    element('serverDisks', 'tns:serverDisk', 'unbounded') +
    element('serverInterfaces', 'tns:serverInterface', 'unbounded') +
    text('status') +
    text('uptime') +
    text('vServerName') +
    text('vServerNickname'),
)}
${complexType(
  'trafficMonthObject',
  element('in', 'xs:long') +
    element('month', 'xs:int') +
    element('out', 'xs:long') +
    element('total', 'xs:long') +
    element('year', 'xs:int'),
)}
${complexType(
  'serverDisk',
  element('capacity', 'xs:long') +
    text('driver') +
    text('name') +
    element('optimizationRecommended', 'xs:boolean') +
    text('optimizationRecommendedMessage') +
    element('used', 'xs:long'),
)}
${complexType(
  'serverInterface',
  text('driver') +
    text('id') +
    strings('ipv4IP') +
    strings('ipv6IP') +
    text('mac') +
    element('trafficThrottled', 'xs:boolean') +
    text('trafficThrottledMessage'),
)}
</xs:schema></wsdl:types>
${operations((name) => `${message(name)}${message(`${name}Response`)}`)}
<wsdl:portType name="WSEndUser">
${operations(
  (name) => `<wsdl:input message="tns:${name}"/><wsdl:output message="tns:${name}Response"/>`,
  'wsdl:operation',
)}
</wsdl:portType>
<wsdl:binding name="WSEndUserBinding" type="tns:WSEndUser">
<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
${operations(
  () =>
    '<soap:operation soapAction=""/><wsdl:input><soap:body use="literal"/></wsdl:input>' +
    '<wsdl:output><soap:body use="literal"/></wsdl:output>',
  'wsdl:operation',
)}
</wsdl:binding>
<wsdl:service name="WSEndUser"><wsdl:port name="WSEndUserPort" binding="tns:WSEndUserBinding">
<soap:address location="https://www.servercontrolpanel.de/WSEndUser"/></wsdl:port></wsdl:service>
</wsdl:definitions>`

function operations(body: (name: string) => string, tag?: string): string {
  const names = ['getVServers', 'getVServerIPs', 'getVServerState', 'getVServerInformation', 'changeIPRouting']
  const wrap = (name: string): string => `<${tag} name="${name}">${body(name)}</${tag}>`
  return names.map((name) => (tag === undefined ? body(name) : wrap(name))).join('\n')
}

function message(name: string): string {
  return `<wsdl:message name="${name}"><wsdl:part name="parameters" element="tns:${name}"/></wsdl:message>`
}

/** Every request begins with the credentials. */
function operationTypes(name: string, parameters: readonly string[], answer: string): string {
  const asked = ['loginName', 'password', ...parameters].map(text).join('')
  return (
    `<xs:element name="${name}" type="tns:${name}"/><xs:element name="${name}Response" type="tns:${name}Response"/>` +
    complexType(name, asked) +
    complexType(`${name}Response`, answer)
  )
}

function complexType(name: string, elements: string): string {
  return `<xs:complexType name="${name}"><xs:sequence>${elements}</xs:sequence></xs:complexType>`
}

function text(name: string): string {
  return element(name, 'xs:string')
}

function strings(name: string): string {
  return element(name, 'xs:string', 'unbounded')
}

function element(name: string, type: string, maxOccurs = '1'): string {
  return `<xs:element name="${name}" type="${type}" minOccurs="0" maxOccurs="${maxOccurs}"/>`
}
