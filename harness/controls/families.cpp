#include "controls/families.h"

#include <array>

namespace plumb {

std::span<const Family> families() {
  static const std::vector<Family> all = {
      // Places. Names that are also words (고양, 이천, 화성) stand with their 시 only.
      {true, {"서울", "부산", "대구", "인천", "광주", "대전", "울산", "세종"}},
      {true, {"서울특별시", "부산광역시", "대구광역시", "인천광역시", "광주광역시", "대전광역시", "울산광역시"}},
      {true, {"서울시", "부산시", "대구시", "인천시", "대전시", "울산시", "세종시"}},
      {true, {"성남", "수원", "용인", "안양", "부천", "안산", "평택", "천안", "청주", "전주", "창원", "포항", "제주"}},
      {true, {"성남시", "수원시", "용인시", "고양시", "화성시", "김포시",   "구리시", "안양시", "부천시", "안산시",
              "광명시", "하남시", "과천시", "의왕시", "파주시", "남양주시", "평택시", "이천시", "광주시", "천안시"}},
      {true,
       {"강남구", "서초구", "송파구", "성동구", "마포구", "영등포구", "용산구", "강동구", "관악구", "종로구", "구로구",
        "금천구", "노원구", "은평구", "광진구", "강서구", "중랑구", "동작구"}},
      {true,
       {"유성구", "대덕구", "해운대구", "수영구", "연제구", "분당구", "수정구", "기흥구", "수지구", "동탄구", "만안구",
        "동안구", "팔달구", "영통구", "연수구", "남동구", "수성구", "달서구"}},
      {true, {"성수동", "역삼동", "삼성동", "서초동", "여의도동", "가산동", "문정동"}},
      {true, {"성수", "판교", "광교", "마곡", "상암", "가산", "여의도", "역삼", "센텀시티"}},
      {true, {"경기도", "강원도", "충청북도", "충청남도", "전라북도", "전라남도", "경상북도", "경상남도"}},
      {true, {"수도권", "비수도권"}},
      {true, {"한국", "미국", "일본", "중국", "대만", "베트남", "태국", "싱가포르"}},
      {true, {"벨기에", "네덜란드", "덴마크", "스웨덴", "프랑스", "독일", "이탈리아"}},
      {true, {"알래스카", "하와이", "캘리포니아", "텍사스"}},
      // What a posting names.
      {false, {"Kafka", "RabbitMQ", "Pulsar", "NATS"}},
      {false, {"PostgreSQL", "MySQL", "MariaDB", "Oracle", "MongoDB"}},
      {false, {"Kotlin", "Java", "Scala", "Go", "Rust", "Python", "Ruby", "C++", "C#"}},
      {false, {"TypeScript", "JavaScript", "Dart"}},
      {false, {"React", "Vue", "Svelte", "Angular", "Next.js", "Nuxt"}},
      {false, {"Spring Boot", "Django", "Rails", "Express", "FastAPI"}},
      {false, {"AWS", "GCP", "Azure", "NCP"}},
      {false, {"Docker", "Podman", "Kubernetes", "Nomad"}},
      {false, {"Terraform", "Pulumi", "Ansible", "Chef"}},
      {false, {"Prometheus", "Grafana", "Datadog", "Zabbix"}},
      {false, {"Spark", "Flink", "Hadoop", "Beam"}},
      {false, {"Airflow", "Dagster", "Prefect", "Luigi"}},
      {false, {"PyTorch", "TensorFlow", "JAX"}},
      {false, {"Verilog", "SystemVerilog", "VHDL"}},
      {false, {"Redis", "Memcached", "Elasticsearch", "OpenSearch"}},
      {false, {"카프카", "래빗엠큐", "펄사"}},
      {false, {"코틀린", "자바", "스칼라", "파이썬", "러스트"}},
      {false, {"백엔드", "프론트엔드", "데이터", "플랫폼", "임베디드"}},
      {false, {"정규직", "계약직", "파견직", "인턴"}},
      {false, {"지원자", "추천인"}},
      {false, {"산업기능요원", "전문연구요원"}},
      {false, {"현역", "보충역"}},
      {false, {"코딩테스트", "과제전형", "인적성검사", "필기시험"}},
      {false, {"컬처핏", "임원", "실무", "인성", "기술"}},
      {false, {"상주", "재택", "파견"}},
      {false, {"시차출퇴근", "재택근무", "주4일제", "선택근무제"}},
      {false, {"상시채용", "수시채용", "공개채용"}},
      {false, {"과학관", "미술관", "박물관", "도서관", "체육관"}},
      {false, {"기부", "적립", "환급", "이월"}},
      {false, {"노트북", "모니터", "태블릿", "헤드셋"}},
      {false, {"석사", "박사", "학사"}},
      // Media, people's trades, teams, programmes.
      {false, {"MBC", "KBS", "SBS", "EBS"}},
      {false, {"MBN", "JTBC", "YTN", "TV조선"}},
      {false, {"쿠키뉴스", "노컷뉴스", "뉴시스", "데일리안", "스포츠조선", "국민일보"}},
      {false, {"무한도전", "런닝맨", "1박2일", "아는 형님"}},
      {false, {"노홍철", "정준하", "박명수", "하하"}},
      {false, {"장원영", "안유진", "카리나", "윈터"}},
      {false, {"T1", "젠지", "DRX", "KT", "한화생명"}},
      {false, {"KIA", "LG", "SSG", "KT", "NC"}},
      {false, {"트위터", "인스타그램", "틱톡", "유튜브", "페이스북"}},
      {false, {"휠라", "나이키", "아디다스", "푸마", "뉴발란스"}},
      {false, {"기자", "앵커", "작가", "감독"}},
      // Real estate and law.
      {false, {"임대인", "임차인", "전차인"}},
      {false, {"매도인", "매수인"}},
      {false, {"전세", "월세", "반전세"}},
      {false, {"주택", "상가", "토지", "오피스텔"}},
      {false, {"국토교통부", "금융위원회", "기획재정부", "행정안전부", "법무부"}},
      {false, {"조정대상지역", "투기과열지구", "토지거래허가구역"}},
      {false, {"취득세", "재산세", "종합부동산세", "양도소득세"}},
      {false, {"서면", "구두", "전화", "전자우편"}},
      {false, {"근저당권", "전세권", "저당권", "지상권"}},
      {false, {"보증금", "차임", "권리금", "계약금"}},
  };
  return all;
}

std::span<const std::string_view> surnames() {
  static constexpr auto k_all = std::to_array<std::string_view>(
      {"김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신", "권", "황",
       "안", "송", "류", "전", "홍", "고", "문", "양", "손", "배", "백", "허", "유", "남", "심", "노"});
  return k_all;
}

std::span<const std::string_view> given_syllables() {
  static constexpr auto k_all = std::to_array<std::string_view>(
      {"준", "민", "호", "윤", "진", "우", "현", "영", "석", "훈", "은", "경", "재", "규"});
  return k_all;
}

}  // namespace plumb
